/** Numbers as people read them, in the language in force. */
export function count(value: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(value);
}

export function percent(value: number, locale: string, digits = 1): string {
  return new Intl.NumberFormat(locale, {
    style: "percent",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

/** A share with its interval. */
export function shareTold(
  interval: { value: number; low: number; high: number },
  locale: string,
  digits = 1,
): string {
  return `${percent(interval.value, locale, digits)} (${percent(interval.low, locale, digits)} – ${percent(interval.high, locale, digits)})`;
}

/** Two significant figures for what is only roughly known. */
export function rough(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 }).format(value);
}

/** A day given as YYYY-MM-DD. */
export function day(iso: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(new Date(`${iso}T00:00:00`));
}

export function moment(iso: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}
