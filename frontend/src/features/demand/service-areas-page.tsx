import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { Link, useNavigate } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { count, moment } from "../../shared/ui/numbers";
import { Empty, Failure, Field, Page, Waiting } from "../../shared/ui/parts";

/** Areas whose demand is forecast. */
export function ServiceAreasPage() {
  const { i18n } = useLingui();
  const mayRun = useMay("runs.write");
  const areas = useQuery({
    queryKey: ["service-areas"],
    queryFn: () => unwrap(api.GET("/api/v1/demand/areas/")),
  });
  const rows = areas.data?.results ?? [];
  return (
    <Page title={i18n._("Demand forecasting")}>
      {areas.isPending && <Waiting />}
      {areas.error && <Failure error={areas.error} again={() => void areas.refetch()} />}
      {areas.data && rows.length === 0 && (
        <Empty>
          {i18n._(
            "No area yet. Make one, send events with time and place, and see how well the next half hour can be forecast.",
          )}
        </Empty>
      )}
      {rows.length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Area")}</th>
                <th scope="col">{i18n._("Events")}</th>
                <th scope="col">{i18n._("Until")}</th>
                <th scope="col">{i18n._("Cells")}</th>
                <th scope="col">{i18n._("Side of a cell")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <th scope="row">
                    <Link to={`/applications/demand/${row.id}`}>{row.name}</Link>
                  </th>
                  <td className="num">{count(row.event_count, i18n.locale)}</td>
                  <td>{row.last_event_at ? moment(row.last_event_at, i18n.locale) : "–"}</td>
                  <td className="num">{count(row.cell_count, i18n.locale)}</td>
                  <td className="num">
                    {i18n._("{metres} m", { metres: count(row.cell_size_m, i18n.locale) })}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {mayRun && <NewArea />}
    </Page>
  );
}

function NewArea() {
  const { i18n } = useLingui();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: (body: Schemas["ServiceAreaIn"]) => unwrap(api.POST("/api/v1/demand/areas/", { body })),
    onSuccess: async (area) => {
      await queries.invalidateQueries({ queryKey: ["service-areas"] });
      navigate(`/applications/demand/${area.id}`);
    },
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    make.mutate({
      name: String(form.get("name")).trim(),
      cell_size_m: Number(form.get("metres")),
      bin_minutes: 30,
      min_events_per_cell: Number(form.get("least")),
      max_cells: 200,
    });
  };
  return (
    <details>
      <summary>{i18n._("New area")}</summary>
      <form className="form row" onSubmit={send}>
        <Field label={i18n._("Name")}>
          <input name="name" required maxLength={120} />
        </Field>
        <Field label={i18n._("Side of a cell, in metres")}>
          <input name="metres" type="number" min={50} max={100000} defaultValue={500} required />
        </Field>
        <Field label={i18n._("Events that a cell needs")} hint={i18n._("Quieter cells are left out.")}>
          <input name="least" type="number" min={1} defaultValue={100} required />
        </Field>
        {make.error && <Failure error={make.error} />}
        <button type="submit" className="primary" disabled={make.isPending}>
          {i18n._("Make the area")}
        </button>
      </form>
    </details>
  );
}
