import { useLingui } from "@lingui/react";
import { Button, FileButton, Group, Input, NumberInput, SegmentedControl } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useParams } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { fileForm } from "../../shared/api/form";
import { useMay } from "../../shared/api/session";
import { count, moment, rough } from "../../shared/ui/numbers";
import { onDemand } from "../../shared/ui/on-demand";
import { Empty, Failure, JobLine, Page, Waiting } from "../../shared/ui/parts";

type Detail = Schemas["MeshCollectionDetailOut"];
const busyStates = ["queued", "running"];
// three.js is fetched where a mesh is looked at, and nowhere else.
const MeshView = onDemand(async () => (await import("./mesh-view")).default, <Waiting />);

interface Interval {
  value: number;
  low: number;
  high: number;
}

interface Report {
  train_count: number;
  test_count: number;
  steps: number;
  training_seconds: number;
  methods: { name: string; silhouette_iou: Interval; voxel_iou: Interval; network_gain: Interval }[];
}

/** One collection: its models, how well the network does, and a mesh of any picture. */
export function CollectionPage() {
  const { i18n } = useLingui();
  const id = Number(useParams().collectionId);
  const [chosen, setChosen] = useState<number | null>(null);
  const collection = useQuery({
    queryKey: ["mesh-collection", id],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/mesh-collections/{collection_id}/", { params: { path: { collection_id: id } } }),
      ),
    refetchInterval: (query) => {
      const data = query.state.data;
      const jobs = [data?.job, ...(data?.results ?? []).map((result) => result.job)];
      return jobs.some((job) => busyStates.includes(job?.state ?? "")) ? 1000 : false;
    },
  });
  const detail = collection.data;
  const shown = chosen ?? detail?.results[0]?.id ?? null;
  return (
    <Page
      title={detail?.name ?? i18n._("Collection")}
      crumbs={[["/applications/meshes", i18n._("3D reconstruction")]]}
    >
      {collection.isPending && <Waiting />}
      {collection.error && <Failure error={collection.error} again={() => void collection.refetch()} />}
      {detail && (
        <>
          <Meshes collection={detail} />
          {detail.is_trained && <Picture collection={detail} done={setChosen} />}
          {shown !== null && <Mesh key={shown} id={shown} />}
          {detail.results.length > 1 && (
            <SegmentedControl
              mb="sm"
              aria-label={i18n._("Reconstructions")}
              value={String(shown)}
              onChange={(id) => setChosen(Number(id))}
              data={detail.results.map((result) => ({
                value: String(result.id),
                label: moment(result.created_at, i18n.locale),
              }))}
            />
          )}
          {detail.report && <ReportTable report={detail.report as never} />}
        </>
      )}
    </Page>
  );
}

function Meshes({ collection }: { collection: Detail }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const mayRun = useMay("runs.write");
  const refresh = () => queries.invalidateQueries({ queryKey: ["mesh-collection", collection.id] });
  const path = { path: { collection_id: collection.id } };
  const send = useMutation({
    mutationFn: (file: File) =>
      unwrap(
        api.POST("/api/v1/mesh-collections/{collection_id}/meshes/", { params: path, ...fileForm(file) }),
      ),
    onSuccess: refresh,
  });
  const train = useMutation({
    mutationFn: (steps: number) =>
      unwrap(
        api.POST("/api/v1/mesh-collections/{collection_id}/trainings/", {
          params: path,
          body: { steps },
        }),
      ),
    onSuccess: refresh,
  });
  const busy = busyStates.includes(collection.job?.state ?? "");
  const order = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    train.mutate(Number(new FormData(event.currentTarget).get("steps")));
  };
  return (
    <section className="panel">
      {collection.mesh_count === 0 ? (
        <Empty>{i18n._("No 3D models yet. Upload a ZIP of OBJ files of one category.")}</Empty>
      ) : (
        <p>
          {i18n._("{things, plural, one {# model} other {# models}}, {rendered} rendered from 24 views.", {
            things: collection.mesh_count,
            rendered: count(collection.rendered_count, i18n.locale),
          })}
        </p>
      )}
      {collection.render_errors.length > 0 && (
        <ul className="warn">
          {collection.render_errors.map((mesh) => (
            <li key={mesh.name}>
              ▲ {mesh.name}: {mesh.error}
            </li>
          ))}
        </ul>
      )}
      {collection.job && <JobLine job={collection.job} />}
      {mayRun && (
        <form onSubmit={order}>
          <Group gap="sm" align="end">
            <FileButton
              accept=".zip"
              disabled={busy}
              inputProps={{ "aria-label": i18n._("OBJ files (ZIP)") }}
              onChange={(file) => file && send.mutate(file)}
            >
              {(props) => (
                <Button {...props} variant="default" loading={send.isPending}>
                  {i18n._("Upload OBJ files")}
                </Button>
              )}
            </FileButton>
            <NumberInput
              w={160}
              name="steps"
              label={i18n._("Training steps")}
              min={10}
              max={100_000}
              defaultValue={400}
              required
            />
            <Button type="submit" disabled={busy || collection.rendered_count === 0 || train.isPending}>
              {collection.is_trained ? i18n._("Retrain network") : i18n._("Train network")}
            </Button>
          </Group>
        </form>
      )}
      {send.isPending && <Waiting what={i18n._("Uploading models…")} />}
      {send.error && <Failure error={send.error} />}
      {train.error && <Failure error={train.error} />}
    </section>
  );
}

function Picture({ collection, done }: { collection: Detail; done: (id: number) => void }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const may = useMay("models.predict");
  const path = { path: { collection_id: collection.id } };
  const make = useMutation({
    mutationFn: (file: File) =>
      unwrap(
        api.POST("/api/v1/mesh-collections/{collection_id}/results/", { params: path, ...fileForm(file) }),
      ),
    onSuccess: (result) => {
      done(result.id);
      return queries.invalidateQueries({ queryKey: ["mesh-collection", collection.id] });
    },
  });
  if (!may) return null;
  return (
    <section className="panel">
      <Input.Wrapper
        label={i18n._("Image to reconstruct")}
        labelElement="div"
        description={i18n._("Plain background, or a PNG with a transparent one.")}
        inputWrapperOrder={["label", "description", "input"]}
      >
        <FileButton
          accept="image/*"
          inputProps={{ "aria-label": i18n._("Image to reconstruct") }}
          onChange={(file) => file && make.mutate(file)}
        >
          {(props) => (
            <Button {...props} variant="default" mt={6} loading={make.isPending}>
              {i18n._("Choose image")}
            </Button>
          )}
        </FileButton>
      </Input.Wrapper>
      {make.isPending && <Waiting what={i18n._("Uploading the image…")} />}
      {make.error && <Failure error={make.error} />}
    </section>
  );
}

function Mesh({ id }: { id: number }) {
  const { i18n } = useLingui();
  const path = { params: { path: { result_id: id } } };
  const mesh = useQuery({
    queryKey: ["mesh-result", id],
    queryFn: () => unwrap(api.GET("/api/v1/mesh-results/{result_id}/", path)),
    refetchInterval: (query) => (busyStates.includes(query.state.data?.job.state ?? "queued") ? 700 : false),
  });
  const result = mesh.data;
  if (mesh.error) return <Failure error={mesh.error} again={() => void mesh.refetch()} />;
  if (!result) return <Waiting />;
  const ready = result.vertices.length > 0;
  return (
    <section className="panel" aria-label={i18n._("Mesh")}>
      {!ready && <JobLine job={result.job} />}
      {ready && (
        <>
          <MeshView vertices={result.vertices} faces={result.faces} />
          <Group gap="sm">
            <Button component="a" variant="default" href={`/api/v1/mesh-results/${id}/files/obj/`} download>
              {i18n._("Download OBJ")}
            </Button>
            <Button component="a" variant="default" href={`/api/v1/mesh-results/${id}/files/glb/`} download>
              {i18n._("Download GLB")}
            </Button>
            <Button
              component="a"
              variant="default"
              href={`/api/v1/mesh-results/${id}/image/`}
              download={`picture-${id}`}
            >
              {i18n._("Download image")}
            </Button>
          </Group>
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
  const span = (interval: Interval, sign = false) =>
    `${digits(interval.value, sign)} (${digits(interval.low, sign)} … ${digits(interval.high, sign)})`;
  const titles: Record<string, string> = {
    network: i18n._("Network"),
    nearest: i18n._("Nearest neighbor"),
    mean: i18n._("Mean shape"),
  };
  return (
    <section className="panel">
      <h2>{i18n._("Accuracy on held-out objects")}</h2>
      <p className="muted">
        {i18n._(
          "Intersection over union on {held} held-out objects from single images; trained on {learned} objects, {steps} steps in {seconds} s. 95% CIs by resampling objects.",
          {
            held: count(report.test_count, i18n.locale),
            learned: count(report.train_count, i18n.locale),
            steps: count(report.steps, i18n.locale),
            seconds: rough(report.training_seconds, i18n.locale),
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
              <th scope="col">{i18n._("Gain of the network")}</th>
            </tr>
          </thead>
          <tbody>
            {report.methods.map((row) => (
              <tr key={row.name}>
                <th scope="row">{titles[row.name] ?? row.name}</th>
                <td className="num">{span(row.silhouette_iou)}</td>
                <td className="num">{span(row.voxel_iou)}</td>
                <td className="num">{row.name === "network" ? "–" : span(row.network_gain, true)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
