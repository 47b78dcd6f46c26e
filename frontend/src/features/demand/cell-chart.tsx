import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { count, rough } from "../../shared/ui/numbers";
import { Failure } from "../../shared/ui/parts";

const WIDTH = 520;
const HEIGHT = 220;
const LEFT = 34;
const BOTTOM = 24;

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
  const top = Math.max(1, ...rows.map((row) => Math.max(row.high, row.actual ?? 0)));
  const x = (at: number) => LEFT + (at / Math.max(1, rows.length - 1)) * (WIDTH - LEFT - 6);
  const y = (value: number) => 8 + (1 - value / top) * (HEIGHT - BOTTOM - 8);
  const line = (value: (row: Schemas["CellForecastOut"]) => number | null) =>
    rows
      .map((row, at) => ({ at, value: value(row) }))
      .filter((point) => point.value !== null)
      .map(
        (point, at) => `${at === 0 ? "M" : "L"}${x(point.at).toFixed(1)} ${y(point.value ?? 0).toFixed(1)}`,
      )
      .join("");
  const band =
    line((row) => row.high) +
    [...rows]
      .map((row, at) => `L${x(at).toFixed(1)} ${y(row.low).toFixed(1)}`)
      .reverse()
      .join("");
  const now = rows.findIndex((row) => row.starts_at === timeBin.starts_at);
  const hour = (iso: string) =>
    new Intl.DateTimeFormat(i18n.locale, { weekday: "short", hour: "numeric", timeZone: "UTC" }).format(
      new Date(iso),
    );
  return (
    <figure className="cell-chart">
      <figcaption>
        <label className="inline">
          {i18n._("Cell")}{" "}
          <select value={cell} onChange={(event) => choose(Number(event.target.value))}>
            {Array.from({ length: cellCount }, (_, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: cells are their numbers
              <option key={at} value={at}>
                {at + 1}
              </option>
            ))}
          </select>
        </label>{" "}
        <span className="num">
          {i18n._("forecast {mean} ({low} – {high}), came {actual}", {
            mean: rough(timeBin.mean[cell] ?? 0, i18n.locale),
            low: count(timeBin.low[cell] ?? 0, i18n.locale),
            high: count(timeBin.high[cell] ?? 0, i18n.locale),
            actual: timeBin.actual ? count(timeBin.actual[cell] ?? 0, i18n.locale) : "–",
          })}
        </span>
      </figcaption>
      {history.error && <Failure error={history.error} />}
      {rows.length > 1 && (
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="img"
          aria-label={i18n._(
            "The newest two days of cell {cell}: what came, and the forecast with its 80 % range",
            {
              cell: cell + 1,
            },
          )}
        >
          <path d={`${band}Z`} className="band" />
          <path d={line((row) => row.mean)} className="forecast" />
          <path d={line((row) => row.actual)} className="came" />
          {now >= 0 && <line x1={x(now)} x2={x(now)} y1={0} y2={HEIGHT - BOTTOM} className="now" />}
          <line x1={LEFT} x2={WIDTH} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} className="axis" />
          <text x={LEFT - 4} y={16} textAnchor="end">
            {count(top, i18n.locale)}
          </text>
          <text x={LEFT - 4} y={HEIGHT - BOTTOM} textAnchor="end">
            0
          </text>
          <text x={LEFT} y={HEIGHT - 6}>
            {hour(rows[0]?.starts_at ?? "")}
          </text>
          <text x={WIDTH - 4} y={HEIGHT - 6} textAnchor="end">
            {hour(rows[rows.length - 1]?.starts_at ?? "")}
          </text>
        </svg>
      )}
      <p className="legend muted">{i18n._("line: what came · dashed: forecast · band: 80 % range")}</p>
    </figure>
  );
}
