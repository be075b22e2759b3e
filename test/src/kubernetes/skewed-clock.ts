/**
 * Preloaded (`--import`) into a program whose clock is to be wrong by MUSTER_TEST_SKEW_MS: the time of day, as
 * programs ask for it. What only measures how long something takes is right on such machines too, and left alone.
 */
const skewMs = Number(process.env['MUSTER_TEST_SKEW_MS'] ?? 0);
const RealDate = Date;

class SkewedDate extends RealDate {
  constructor(...args: readonly unknown[]) {
    if (args.length === 0) super(RealDate.now() + skewMs);
    else super(...(args as [number]));
  }

  static override now(): number {
    return RealDate.now() + skewMs;
  }
}

globalThis.Date = SkewedDate as DateConstructor;
