import { useLingui } from "@lingui/react";
import { Group, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { Chart } from "../../shared/ui/chart/chart";
import { count, rough } from "../../shared/ui/numbers";
import { Failure } from "../../shared/ui/parts";

/** A cell's newest days: what came as a line, the forecast dashed in its 80 % band. */
export function CellChart({
  areaId,
  cell,
  cellCount,
  choose,
  timeBin,
}: {
  areaId: number;
  cell: number;
  cellCount: number;
  choose: (cell: number) => void;
  timeBin: Schemas["TimeBinForecastOut"];
}) {
  const { i18n } = useLingui();
  const history = useQuery({
    queryKey: ["service-area", areaId, "cell", cell],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/demand/areas/{area_id}/cells/{cell}/", {
          params: { path: { area_id: areaId, cell } },
        }),
      ),
    placeholderData: (before) => before,
  });
  const rows = (history.data?.results ?? []).slice(-2 * 48);
  const at = (row: Schemas["CellForecastOut"]) => Date.parse(row.starts_at);
  const moment = (value: number, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(i18n.locale, { ...options, timeZone: "UTC" }).format(value);
  const now = rows.find((row) => row.starts_at === timeBin.starts_at);
  return (
    <div>
      <Group gap="sm" align="end" mb="xs">
        <Select
          w={120}
          label={i18n._("Cell")}
          searchable
          allowDeselect={false}
          value={String(cell)}
          onChange={(chosen) => choose(Number(chosen))}
          data={Array.from({ length: cellCount }, (_, at) => ({ value: String(at), label: String(at + 1) }))}
        />
        <span className="num">
          {i18n._("forecast {mean} ({low} – {high}), actual {actual}", {
            mean: rough(timeBin.mean[cell] ?? 0, i18n.locale),
            low: count(timeBin.low[cell] ?? 0, i18n.locale),
            high: count(timeBin.high[cell] ?? 0, i18n.locale),
            actual: timeBin.actual ? count(timeBin.actual[cell] ?? 0, i18n.locale) : "–",
          })}
        </span>
      </Group>
      {history.error && <Failure error={history.error} />}
      {rows.length > 1 && (
        <Chart
          title={i18n._("Demand of cell {cell}, newest two days", { cell: cell + 1 })}
          fileName={`demand-cell-${cell + 1}`}
          height={240}
          x={{
            label: i18n._("Time (UTC)"),
            scale: "time",
            format: (value) => moment(value, { dateStyle: "medium", timeStyle: "short" }),
            formatTick: (value) => moment(value, { weekday: "short", hour: "numeric" }),
          }}
          y={{ label: i18n._("Demand"), min: 0, format: (value) => rough(value, i18n.locale) }}
          series={[
            {
              key: "actual",
              name: i18n._("Actual"),
              mark: "curve",
              points: rows.map((row) => ({ x: at(row), y: row.actual ?? null })),
            },
            {
              key: "forecast",
              name: i18n._("Forecast"),
              mark: "forecast",
              interval: i18n._("80% interval"),
              points: rows.map((row) => ({ x: at(row), y: row.mean, low: row.low, high: row.high })),
            },
          ]}
          references={now ? [{ axis: "x", value: at(now), label: i18n._("Shown on the map") }] : []}
        />
      )}
    </div>
  );
}
