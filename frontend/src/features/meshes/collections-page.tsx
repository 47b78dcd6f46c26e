import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { Link, useNavigate } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { count } from "../../shared/ui/numbers";
import { Empty, Failure, Field, Page, Waiting } from "../../shared/ui/parts";

/** Collections of 3D models, each of one sort of thing. */
export function CollectionsPage() {
  const { i18n } = useLingui();
  const mayRun = useMay("runs.write");
  const collections = useQuery({
    queryKey: ["mesh-collections"],
    queryFn: () => unwrap(api.GET("/api/v1/mesh-collections/")),
  });
  const rows = collections.data?.results ?? [];
  return (
    <Page title={i18n._("3D reconstruction")}>
      {collections.isPending && <Waiting />}
      {collections.error && <Failure error={collections.error} again={() => void collections.refetch()} />}
      {collections.data && rows.length === 0 && (
        <Empty>
          {i18n._(
            "No collection yet. Make one for a sort of thing, such as chairs, send 3D models of it, and a network learns to make a mesh of a single picture.",
          )}
        </Empty>
      )}
      {rows.length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{i18n._("Collection")}</th>
                <th scope="col">{i18n._("3D models")}</th>
                <th scope="col">{i18n._("Network")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <th scope="row">
                    <Link to={`/applications/meshes/${row.id}`}>{row.name}</Link>
                  </th>
                  <td className="num">{count(row.mesh_count, i18n.locale)}</td>
                  <td>{row.is_trained ? `✓ ${i18n._("trained")}` : i18n._("none yet")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {mayRun && <NewCollection />}
    </Page>
  );
}

function NewCollection() {
  const { i18n } = useLingui();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: (name: string) => unwrap(api.POST("/api/v1/mesh-collections/", { body: { name } })),
    onSuccess: async (row) => {
      await queries.invalidateQueries({ queryKey: ["mesh-collections"] });
      navigate(`/applications/meshes/${row.id}`);
    },
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    make.mutate(String(new FormData(event.currentTarget).get("name")).trim());
  };
  return (
    <details>
      <summary>{i18n._("New collection")}</summary>
      <form className="form row" onSubmit={send}>
        <Field label={i18n._("Name")}>
          <input name="name" required maxLength={120} />
        </Field>
        {make.error && <Failure error={make.error} />}
        <button type="submit" className="primary" disabled={make.isPending}>
          {i18n._("Make the collection")}
        </button>
      </form>
    </details>
  );
}
