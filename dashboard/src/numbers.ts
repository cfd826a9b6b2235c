const WHOLE = new Intl.NumberFormat('en');
const RATE = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

export function whole(value: number): string {
  return WHOLE.format(value);
}

/** So many per second, to three digits. */
export function rate(value: number): string {
  return value < 1_000 ? RATE.format(Math.round(value * 10) / 10) : WHOLE.format(Math.round(value));
}

export function bytes(size: number): string {
  if (size < 1_024) {
    return `${size} B`;
  }
  return size < 1_048_576 ? `${(size / 1_024).toFixed(1)} KiB` : `${(size / 1_048_576).toFixed(1)} MiB`;
}
