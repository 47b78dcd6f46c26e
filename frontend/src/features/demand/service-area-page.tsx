import { useLingui } from "@lingui/react";
import { Button, FileButton, Group, Input, SegmentedControl, Select, Slider, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { fileForm } from "../../shared/api/form";
import { useMay } from "../../shared/api/session";
import { ConfirmButton } from "../../shared/ui/confirm-button";
import { ErrorAlert } from "../../shared/ui/feedback";
import { count, moment } from "../../shared/ui/numbers";
import { Empty, Failure, JobLine, Page, Waiting } from "../../shared/ui/parts";
import { Section } from "../../shared/ui/section";
import { CellChart } from "./cell-chart";
import styles from "./demand.module.css";
import { DemandMap } from "./demand-map";
import { ReportPanel } from "./report-panel";

type Detail = Schemas["ServiceAreaDetailOut"];

/** One area: its map hour by hour, a cell's history, and how well the forecasts did. */
export function ServiceAreaPage() {
  const { i18n } = useLingui();
  const areaId = Number(useParams().areaId);
  const area = useQuery({
    queryKey: ["service-area", areaId],
    queryFn: () =>
      unwrap(api.GET("/api/v1/demand/areas/{area_id}/", { params: { path: { area_id: areaId } } })),
    refetchInterval: (query) =>
      ["queued", "running"].includes(query.state.data?.job?.state ?? "") ? 1500 : 60_000,
  });
  const detail = area.data;
  return (
    <Page
      title={detail?.name ?? i18n._("Area")}
      crumbs={[["/applications/demand", i18n._("Demand forecasting")]]}
    >
      {area.isPending && <Waiting />}
      {area.error && <Failure error={area.error} again={() => void area.refetch()} />}
      {detail && (
        <>
          <Head area={detail} />
          {detail.job && <JobLine job={detail.job} />}
          {detail.cells.length > 0 && detail.days.length > 0 && <MapPanel area={detail} />}
          {detail.report && <ReportPanel report={detail.report as never} />}
        </>
      )}
    </Page>
  );
}

function Head({ area }: { area: Detail }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const mayRun = useMay("runs.write");
  const path = { path: { area_id: area.id } };
  const refresh = () => queries.invalidateQueries({ queryKey: ["service-area", area.id] });
  const send = useMutation({
    mutationFn: (file: File) =>
      unwrap(api.POST("/api/v1/demand/areas/{area_id}/events/", { params: path, ...fileForm(file) })),
    onSuccess: refresh,
  });
  const report = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/demand/areas/{area_id}/reports/", { params: path })),
    onSuccess: refresh,
  });
  const busy = ["queued", "running"].includes(area.job?.state ?? "");
  return (
    <section className="panel">
      {area.event_count === 0 ? (
        <Empty>
          {i18n._(
            "No events yet. Upload a CSV or Parquet file with the columns time, latitude and longitude, and to_time, to_latitude and to_longitude if arrivals are known.",
          )}
        </Empty>
      ) : (
        <p>
          {i18n._(
            "{events, plural, one {# event} other {# events}} from {first} to {last}; {meters} m cells, {minutes}-minute intervals.",
            {
              events: area.event_count,
              first: area.first_event_at ? moment(area.first_event_at, i18n.locale) : "",
              last: area.last_event_at ? moment(area.last_event_at, i18n.locale) : "",
              meters: count(area.cell_size_m, i18n.locale),
              minutes: area.bin_minutes,
            },
          )}
        </p>
      )}
      {mayRun && (
        <Group gap="sm">
          <FileButton
            accept=".csv,.parquet"
            inputProps={{ "aria-label": i18n._("Event file (CSV or Parquet)") }}
            onChange={(file) => file && send.mutate(file)}
          >
            {(props) => (
              <Button {...props} variant="default" loading={send.isPending}>
                {i18n._("Upload event file")}
              </Button>
            )}
          </FileButton>
          <Button
            variant={area.report ? "default" : "filled"}
            disabled={area.event_count === 0 || busy || report.isPending}
            onClick={() => report.mutate()}
          >
            {area.report ? i18n._("Re-evaluate and retrain") : i18n._("Evaluate models and forecast")}
          </Button>
        </Group>
      )}
      {area.event_count > 0 && <Weather area={area} mayRun={mayRun} />}
      {send.isPending && <Waiting what={i18n._("Uploading events…")} />}
      {send.data && (
        <p className="good" role="status">
          ✓{" "}
          {i18n._("{events, plural, one {# event} other {# events}} imported.", {
            events: send.data.event_count,
          })}
        </p>
      )}
      {send.error && <Failure error={send.error} />}
      {report.error && <Failure error={report.error} />}
    </section>
  );
}

/** Readings that hold for the whole area: taken into the forecasts, and what they are worth is measured. */
function Weather({ area, mayRun }: { area: Detail; mayRun: boolean }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const path = { path: { area_id: area.id } };
  const refresh = () => queries.invalidateQueries({ queryKey: ["service-area", area.id] });
  const send = useMutation({
    mutationFn: (file: File) =>
      unwrap(api.POST("/api/v1/demand/areas/{area_id}/weather/", { params: path, ...fileForm(file) })),
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/demand/areas/{area_id}/weather/", { params: path })),
    onSuccess: refresh,
  });
  const { weather } = area;
  if (!weather && !mayRun) return null;
  return (
    <Section
      title={i18n._("Weather")}
      note={
        weather
          ? i18n._(
              "{rows, plural, one {# reading} other {# readings}} of {columns} from {first} to {last}.",
              {
                rows: weather.reading_count,
                columns: weather.columns.join(", "),
                first: moment(weather.first_reading_at, i18n.locale),
                last: moment(weather.last_reading_at, i18n.locale),
              },
            )
          : i18n._(
              "No weather data yet. Upload a CSV or Parquet file with the column time and numeric columns such as temperature and rain; the next report measures their value.",
            )
      }
    >
      {mayRun && (
        <Group gap="sm">
          <FileButton
            accept=".csv,.parquet"
            inputProps={{ "aria-label": i18n._("Weather file (CSV or Parquet)") }}
            onChange={(file) => file && send.mutate(file)}
          >
            {(props) => (
              <Button {...props} variant="default" loading={send.isPending}>
                {i18n._("Upload weather file")}
              </Button>
            )}
          </FileButton>
          {weather && (
            <ConfirmButton
              title={i18n._("Delete weather data?")}
              consequence={i18n._(
                "All readings are deleted. A network trained on them makes no forecasts until the models are evaluated again.",
              )}
              confirm={i18n._("Delete weather data")}
              onConfirm={() => remove.mutate()}
            >
              {i18n._("Delete weather data…")}
            </ConfirmButton>
          )}
        </Group>
      )}
      {send.error && <ErrorAlert error={send.error} />}
      {remove.error && <ErrorAlert error={remove.error} />}
    </Section>
  );
}

type Shown = "mean" | "actual" | "gap";

function MapPanel({ area }: { area: Detail }) {
  const { i18n } = useLingui();
  const [day, setDay] = useState(area.days[area.days.length - 1] ?? "");
  const [at, setAt] = useState<number | null>(null);
  const [cell, setCell] = useState(0);
  const [shown, setShown] = useState<Shown>("mean");
  const timeBins = useQuery({
    queryKey: ["service-area", area.id, "day", day, area.forecast_count],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/demand/areas/{area_id}/forecasts/", {
          params: { path: { area_id: area.id }, query: { date: day } },
        }),
      ),
    placeholderData: (before) => before,
  });
  const rows = timeBins.data?.results ?? [];
  const place = Math.min(at ?? rows.length - 1, rows.length - 1);
  const timeBin = rows[place];
  const ends = new Date(Date.parse(timeBin?.starts_at ?? "1970-01-01") + area.bin_minutes * 60_000);
  const most = Math.max(1, ...rows.flatMap((row) => row.mean), ...rows.flatMap((row) => row.actual ?? []));
  const time = (iso: string) =>
    new Intl.DateTimeFormat(i18n.locale, { timeStyle: "short", timeZone: "UTC" }).format(new Date(iso));
  return (
    <section className="panel" aria-label={i18n._("Map")}>
      <Group gap="md" align="end" mb="sm">
        <Select
          w={170}
          label={i18n._("Day")}
          allowDeselect={false}
          value={day}
          onChange={(chosen) => setDay(chosen ?? day)}
          data={area.days}
        />
        <Input.Wrapper label={i18n._("Color by")} labelElement="div">
          <SegmentedControl
            aria-label={i18n._("Color by")}
            value={shown}
            onChange={(chosen) => setShown(chosen as Shown)}
            data={[
              { value: "mean", label: i18n._("forecast") },
              { value: "actual", label: i18n._("actual demand") },
              { value: "gap", label: i18n._("difference") },
            ]}
          />
        </Input.Wrapper>
      </Group>
      {timeBins.error && <Failure error={timeBins.error} again={() => void timeBins.refetch()} />}
      {timeBin && (
        <>
          <Group gap="xs" mb={4}>
            <Text size="sm" fw={600} className="num">
              {time(timeBin.starts_at)} – {time(ends.toISOString())}
            </Text>
            <Text size="sm" c={timeBin.actual === null ? undefined : "dimmed"} role="status">
              {timeBin.actual === null
                ? i18n._("upcoming interval")
                : timeBin.is_backtest
                  ? i18n._("backtest: the network was not trained on this day")
                  : i18n._("forecast made in advance")}
            </Text>
          </Group>
          <Slider
            mb="md"
            min={0}
            max={rows.length - 1}
            value={place}
            onChange={setAt}
            label={(at) => time(rows[at]?.starts_at ?? timeBin.starts_at)}
            thumbLabel={i18n._("Interval of the day")}
            thumbProps={{ "aria-valuetext": time(timeBin.starts_at) }}
          />
          <div className={styles.columns}>
            <DemandMap
              cells={area.cells}
              timeBin={timeBin}
              shown={shown}
              most={most}
              chosen={cell}
              choose={setCell}
            />
            <CellChart
              areaId={area.id}
              cell={cell}
              cellCount={area.cells.length}
              choose={setCell}
              timeBin={timeBin}
            />
          </div>
        </>
      )}
    </section>
  );
}
