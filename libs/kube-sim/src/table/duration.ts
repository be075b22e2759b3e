const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

const pair = (value: number, big: number, bigUnit: string, small: number, smallUnit: string): string => {
  const rest = Math.floor((value % big) / small);
  return `${Math.floor(value / big)}${bigUnit}${rest === 0 ? '' : `${rest}${smallUnit}`}`;
};

/** An age as kubectl prints it: coarser, the longer it is. */
export const humanDuration = (milliseconds: number): string => {
  if (milliseconds < -2 * second) return '<invalid>';
  if (milliseconds < 0) return '0s';
  if (milliseconds < 2 * minute) return `${Math.floor(milliseconds / second)}s`;
  if (milliseconds < 10 * minute) return pair(milliseconds, minute, 'm', second, 's');
  if (milliseconds < 3 * hour) return `${Math.floor(milliseconds / minute)}m`;
  if (milliseconds < 8 * hour) return pair(milliseconds, hour, 'h', minute, 'm');
  if (milliseconds < 2 * day) return `${Math.floor(milliseconds / hour)}h`;
  if (milliseconds < 8 * day) return pair(milliseconds, day, 'd', hour, 'h');
  if (milliseconds < 2 * year) return `${Math.floor(milliseconds / day)}d`;
  if (milliseconds < 8 * year) return pair(milliseconds, year, 'y', day, 'd');
  return `${Math.floor(milliseconds / year)}y`;
};
