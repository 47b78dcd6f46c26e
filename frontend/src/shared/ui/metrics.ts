import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../api/client";
import { percent, rough } from "./numbers";

export interface Metric {
  value: number;
  low?: number | null;
  high?: number | null;
}

interface Difference {
  value: number;
  low?: number | null;
  high?: number | null;
}

type Spec = Schemas["MetricSpecOut"];

/** What the server knows of metrics: how they are called, in which order they come and in which unit they are. */
export class MetricCatalog {
  private readonly specs: Map<string, Spec>;

  constructor(
    specs: Spec[],
    private readonly i18n: I18n,
  ) {
    this.specs = new Map(specs.map((spec) => [spec.key, spec]));
  }

  title(key: string): string {
    const spec = this.specs.get(key);
    return spec?.title ?? key;
  }

  /** The keys in the order of the catalog, those that it does not know behind. */
  inOrder(metrics: Record<string, unknown>): string[] {
    const known = [...this.specs.keys()].filter((key) => key in metrics);
    return [...known, ...Object.keys(metrics).filter((key) => !this.specs.has(key))];
  }

  /** The metric that counts most; empty where none is there. */
  primaryOf(metrics: Record<string, unknown>): string {
    return this.inOrder(metrics)[0] ?? "";
  }

  /** A value with its 95 % interval. */
  format(key: string, metric: Metric | null | undefined): string {
    if (!metric) return "–";
    const { locale } = this.i18n;
    const format = (value: number) => (this.isShare(key) ? percent(value, locale) : rough3(value, locale));
    if (metric.low == null || metric.high == null) return format(metric.value);
    return `${format(metric.value)} (${format(metric.low)} – ${format(metric.high)})`;
  }

  /** The 95 % interval alone; empty where there is none. */
  interval(key: string, metric: Metric | null | undefined): string {
    if (metric?.low == null || metric.high == null) return "";
    const { locale } = this.i18n;
    const format = (value: number) => (this.isShare(key) ? percent(value, locale) : rough3(value, locale));
    return this.i18n._("95% CI {low} – {high}", { low: format(metric.low), high: format(metric.high) });
  }

  /** A difference with sign and 95 % interval: points of a share, or the unit of what is annotated. */
  formatDifference(key: string, difference: Difference): string {
    const { locale } = this.i18n;
    if (this.isShare(key)) return pointsOf(difference, locale);
    const format = (value: number) => (value > 0 ? "+" : "") + rough3(value, locale);
    return `${format(difference.value)} (${format(difference.low ?? difference.value)} … ${format(difference.high ?? difference.value)})`;
  }

  /** Whether it is a share of 1, shown in percent. */
  isShare(key: string): boolean {
    return (this.specs.get(key)?.unit ?? "fraction") === "fraction";
  }
}

export function useMetrics(): MetricCatalog {
  const { i18n } = useLingui();
  const specs = useQuery({
    queryKey: ["metrics"],
    queryFn: () => unwrap(api.GET("/api/v1/metrics/")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return new MetricCatalog(specs.data?.results ?? [], i18n);
}

function rough3(value: number, locale: string): string {
  return Math.abs(value) < 1
    ? rough(value, locale)
    : new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }).format(value);
}

/** Points of difference with sign and 95 % interval. */
export function pointsOf(difference: Difference, locale: string): string {
  const format = (value: number) =>
    new Intl.NumberFormat(locale, {
      signDisplay: "exceptZero",
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
    }).format(100 * value);
  return `${format(difference.value)} (${format(difference.low ?? difference.value)} … ${format(difference.high ?? difference.value)})`;
}
