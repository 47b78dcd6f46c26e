import { count } from "./numbers";

/** A size of a file, in units of a thousand. */
export function bytes(size: number | null, locale: string): string {
  if (size === null) return "–";
  if (size < 1_000_000) return `${count(Math.max(1, Math.round(size / 1000)), locale)} kB`;
  const [unit, name] = size < 1_000_000_000 ? [1_000_000, "MB"] : [1_000_000_000, "GB"];
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(size / unit)} ${name}`;
}

/** A span of time in its two largest units: "1 h 5 min". */
export function durationText(milliseconds: number, locale: string): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const parts: [number, "hour" | "minute" | "second"][] =
    seconds >= 3600
      ? [
          [Math.floor(seconds / 3600), "hour"],
          [Math.floor((seconds % 3600) / 60), "minute"],
        ]
      : seconds >= 60
        ? [
            [Math.floor(seconds / 60), "minute"],
            [seconds % 60, "second"],
          ]
        : [[seconds, "second"]];
  return parts
    .map(([value, unit]) =>
      new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(value),
    )
    .join(" ");
}

/** From one moment to another. */
export function duration(from: string, to: string, locale: string): string {
  return durationText(Date.parse(to) - Date.parse(from), locale);
}
