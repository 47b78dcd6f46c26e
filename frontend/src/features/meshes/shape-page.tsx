import { useLingui } from "@lingui/react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, lazy, Suspense, useState } from "react";
import { useParams } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { fileForm } from "../../shared/api/form";
import { useMay } from "../../shared/api/session";
import { count, moment, rough } from "../../shared/ui/numbers";
import { Empty, Failure, Field, JobLine, Page, Waiting } from "../../shared/ui/parts";

type Detail = Schemas["CollectionDetail"];
const busyStates = ["queued", "running"];
// three.js is fetched where a mesh is looked at, and nowhere else.
const MeshView = lazy(() => import("./mesh-view"));

interface Interval {
  value: number;
  low: number;
  high: number;
}

interface Report {
  learned: number;
  held_out: number;
  steps: number;
  seconds: number;
  rows: { name: string; silhouettes: Interval; voxels: Interval; over: Interval }[];
}

/** One collection: its models, how well the network does, and a mesh of any picture. */
export function ShapePage() {
  const { i18n } = useLingui();
  const id = Number(useParams().collectionId);
  const [chosen, setChosen] = useState<number | null>(null);
  const shape = useQuery({
    queryKey: ["shape", id],
    queryFn: () =>
      unwrap(api.GET("/api/v1/shapes/{collection_id}/", { params: { path: { collection_id: id } } })),
    refetchInterval: (query) => {
      const data = query.state.data;
      const jobs = [data?.job, ...(data?.made ?? []).map((one) => one.job)];
      return jobs.some((job) => busyStates.includes(job?.state ?? "")) ? 1000 : false;
    },
  });
  const found = shape.data;
  const shown = chosen ?? found?.made[0]?.id ?? null;
  return (
    <Page title={found?.name ?? i18n._("Shapes from pictures")}>
      {shape.isPending && <Waiting />}
      {shape.error && <Failure error={shape.error} again={() => void shape.refetch()} />}
      {found && (
        <>
          <Models shape={found} />
          {found.trained && <Picture shape={found} done={setChosen} />}
          {shown !== null && <Mesh key={shown} id={shown} />}
          {found.made.length > 1 && (
            <p className="chips">
              {found.made.map((one) => (
                <button
                  key={one.id}
                  type="button"
                  className="small"
                  aria-pressed={one.id === shown}
                  onClick={() => setChosen(one.id)}
                >
                  {moment(one.created_at, i18n.locale)}
                </button>
              ))}
            </p>
          )}
          {found.report && <ReportTable report={found.report as never} />}
        </>
      )}
    </Page>
  );
}

function Models({ shape }: { shape: Detail }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const mayRun = useMay("runs.write");
  const refresh = () => queries.invalidateQueries({ queryKey: ["shape", shape.id] });
  const path = { path: { collection_id: shape.id } };
  const send = useMutation({
    mutationFn: (file: File) =>
      unwrap(api.POST("/api/v1/shapes/{collection_id}/models/", { params: path, ...fileForm(file) })),
    onSuccess: refresh,
  });
  const train = useMutation({
    mutationFn: (steps: number) =>
      unwrap(
        api.POST("/api/v1/shapes/{collection_id}/train/", {
          params: path,
          body: { steps },
        }),
      ),
    onSuccess: refresh,
  });
  const busy = busyStates.includes(shape.job?.state ?? "");
  const order = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    train.mutate(Number(new FormData(event.currentTarget).get("steps")));
  };
  return (
    <section className="panel">
      {shape.things === 0 ? (
        <Empty>{i18n._("No 3D models yet. Send a zip of OBJ files, all of one sort of thing.")}</Empty>
      ) : (
        <p>
          {i18n._("{things} models, {rendered} of them rendered from 24 sides.", {
            things: count(shape.things, i18n.locale),
            rendered: count(shape.rendered, i18n.locale),
          })}
        </p>
      )}
      {shape.problems.length > 0 && (
        <ul className="warn">
          {shape.problems.map((one) => (
            <li key={one.name}>
              ▲ {one.name}: {one.problem}
            </li>
          ))}
        </ul>
      )}
      {shape.job && <JobLine job={shape.job} />}
      {mayRun && (
        <form className="form row" onSubmit={order}>
          <input
            type="file"
            accept=".zip"
            aria-label={i18n._("Zip of OBJ files")}
            disabled={busy}
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file) send.mutate(file);
              event.target.value = "";
            }}
          />
          <Field label={i18n._("Steps of training")}>
            <input name="steps" type="number" min={10} max={100000} defaultValue={400} required />
          </Field>
          <button type="submit" disabled={busy || shape.rendered === 0 || train.isPending}>
            {shape.trained ? i18n._("Train again") : i18n._("Train a network")}
          </button>
        </form>
      )}
      {send.isPending && <Waiting what={i18n._("Sending the models…")} />}
      {send.error && <Failure error={send.error} />}
      {train.error && <Failure error={train.error} />}
    </section>
  );
}

function Picture({ shape, done }: { shape: Detail; done: (id: number) => void }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.predict");
  const path = { path: { collection_id: shape.id } };
  const make = useMutation({
    mutationFn: (file: File) =>
      unwrap(api.POST("/api/v1/shapes/{collection_id}/meshes/", { params: path, ...fileForm(file) })),
    onSuccess: (made) => {
      done(made.id);
      return queries.invalidateQueries({ queryKey: ["shape", shape.id] });
    },
  });
  if (!may) return null;
  return (
    <section className="panel">
      <Field
        label={i18n._("Make a mesh of a picture")}
        hint={i18n._("Before a plain wall, or a PNG with a transparent background.")}
      >
        <input
          type="file"
          accept="image/*"
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) make.mutate(file);
            event.target.value = "";
          }}
        />
      </Field>
      {make.isPending && <Waiting what={i18n._("Sending the picture…")} />}
      {make.error && <Failure error={make.error} />}
    </section>
  );
}

function Mesh({ id }: { id: number }) {
  const { i18n } = useLingui();
  const path = { params: { path: { made_id: id } } };
  const mesh = useQuery({
    queryKey: ["mesh", id],
    queryFn: () => unwrap(api.GET("/api/v1/meshes/{made_id}/", path)),
    refetchInterval: (query) => (busyStates.includes(query.state.data?.job.state ?? "queued") ? 700 : false),
  });
  const found = mesh.data;
  if (mesh.error) return <Failure error={mesh.error} again={() => void mesh.refetch()} />;
  if (!found) return <Waiting />;
  const ready = found.vertices.length > 0;
  return (
    <section className="panel" aria-label={i18n._("Mesh")}>
      {!ready && <JobLine job={found.job} />}
      {ready && (
        <>
          <Suspense fallback={<Waiting />}>
            <MeshView vertices={found.vertices} faces={found.faces} />
          </Suspense>
          <p className="form row">
            <a className="button" href={`/api/v1/meshes/${id}/file/obj/`} download>
              {i18n._("Download OBJ")}
            </a>
            <a className="button" href={`/api/v1/meshes/${id}/file/glb/`} download>
              {i18n._("Download GLB")}
            </a>
            <a className="button" href={`/api/v1/meshes/${id}/picture/`} download={`picture-${id}`}>
              {i18n._("Download the picture")}
            </a>
          </p>
        </>
      )}
    </section>
  );
}

function ReportTable({ report }: { report: Report }) {
  const { i18n } = useLingui();
  const digits = (value: number, sign = false) =>
    new Intl.NumberFormat(i18n.locale, {
      minimumFractionDigits: 3,
      maximumFractionDigits: 3,
      signDisplay: sign ? "exceptZero" : "auto",
    }).format(value);
  const span = (one: Interval, sign = false) =>
    `${digits(one.value, sign)} (${digits(one.low, sign)} … ${digits(one.high, sign)})`;
  const titles: Record<string, string> = {
    network: i18n._("Network"),
    nearest: i18n._("The most alike picture's shape"),
    mean: i18n._("The mean shape"),
  };
  return (
    <section className="panel">
      <h2>{i18n._("On objects that were held out")}</h2>
      <p className="muted">
        {i18n._(
          "Overlap (intersection over union) of {held} objects that took no part in the learning, from one picture each time; {learned} were learned from, {steps} steps in {seconds} s. 95 % intervals by drawing objects.",
          {
            held: count(report.held_out, i18n.locale),
            learned: count(report.learned, i18n.locale),
            steps: count(report.steps, i18n.locale),
            seconds: rough(report.seconds, i18n.locale),
          },
        )}
      </p>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <td />
              <th scope="col">{i18n._("Silhouettes")}</th>
              <th scope="col">{i18n._("Volume")}</th>
              <th scope="col">{i18n._("Network better by")}</th>
            </tr>
          </thead>
          <tbody>
            {report.rows.map((row) => (
              <tr key={row.name}>
                <th scope="row">{titles[row.name] ?? row.name}</th>
                <td className="num">{span(row.silhouettes)}</td>
                <td className="num">{span(row.voxels)}</td>
                <td className="num">{row.name === "network" ? "–" : span(row.over, true)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
