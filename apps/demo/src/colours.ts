import picocolors from 'picocolors';

/** Colours only for people: on a terminal, unless NO_COLOR says otherwise. See no-color.org. */
export const colours = picocolors.createColors(Boolean(process.stdout.isTTY) && !process.env['NO_COLOR']);
