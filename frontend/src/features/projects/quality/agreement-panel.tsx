import { useLingui } from "@lingui/react";
import { Anchor, Button, Card, Group, Select, SimpleGrid, Skeleton, Table, Text, Title } from "@mantine/core";
import { IconUsersGroup } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import { EmptyState, ErrorAlert } from "../../../shared/ui/feedback";
import { count } from "../../../shared/ui/numbers";
import { JobLine } from "../../../shared/ui/parts";
import { Stat, Stats } from "../../../shared/ui/stat";
import { Estimate } from "./estimate";

type Project = Schemas["ProjectDetail"];
type Method = NonNullable<Schemas["ConsensusIn"]["method"]>;

/** How alike people annotate, beyond chance, by label and by person; every figure opens its items. */
export function AgreementPanel({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const mayChange = useMay("projects.write");
  const result = useQuery({
    queryKey: ["agreement", project.id],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/agreement/", { params: { path: { project_id: project.id } } }),
      ),
  });
  const names = new Map(project.labels.map((label) => [label.id, label.name]));
  const name = (id: string) => names.get(id) ?? id;
  const items = `/projects/${project.id}/items`;
  if (result.error) return <ErrorAlert error={result.error} retry={() => void result.refetch()} />;
  if (!result.data)
    return (
      <div role="status" aria-label={i18n._("Comparing annotations…")}>
        <Skeleton height={84} mb="md" />
        <Skeleton height={220} />
      </div>
    );
  const row = result.data;
  if (row.task_count === 0)
    return (
      <EmptyState
        Icon={IconUsersGroup}
        title={i18n._("No item has several annotations yet.")}
        action={
          mayChange && (
            <Button component={Link} to={`/projects/${project.id}/workflow`}>
              {i18n._("Set up consensus")}
            </Button>
          )
        }
      >
        {i18n._("Two annotators on 10% of the tasks are enough for a first estimate.")}
      </EmptyState>
    );
  return (
    <>
      <Stats>
        <Stat
          label={i18n._("Items with several annotations")}
          value={count(row.task_count, i18n.locale)}
          to={`${items}?has_agreement=true`}
          note={row.is_limited && i18n._("the newest ones")}
        />
        <Stat
          label={i18n._("Conflicts")}
          value={count(project.conflict_count, i18n.locale)}
          to={`${items}?is_conflict=true`}
          note={i18n._("waiting for a decision")}
        />
        <Stat label={i18n._("Pairwise agreement")} value={<Estimate of={row.similarity} />} />
        <Stat
          label={i18n._("Krippendorff's alpha")}
          value={<Estimate of={row.krippendorff_alpha} share={false} />}
        />
        {row.fleiss_kappa && (
          <Stat label={i18n._("Fleiss' kappa")} value={<Estimate of={row.fleiss_kappa} share={false} />} />
        )}
      </Stats>
      <Group justify="space-between" align="end" mb="md">
        {mayChange ? <ConsensusForm project={project} /> : <span />}
        <Button component={Link} to={`${items}?has_agreement=true&ordering=agreement`} variant="default">
          {i18n._("Lowest agreement first")}
        </Button>
      </Group>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <EstimateTable
          title={i18n._("By label")}
          rows={row.labels.map((label) => ({
            key: label.label,
            name: name(label.label),
            estimate: label.similarity,
            to: `${items}?label=${encodeURIComponent(label.label)}&has_agreement=true`,
          }))}
        />
        <EstimateTable
          title={i18n._("By annotator, against all others")}
          rows={row.people.map((person) => ({
            key: person.name,
            name: person.name,
            estimate: person.similarity,
          }))}
        />
        <EstimateTable
          title={i18n._("Cohen's kappa by pair")}
          share={false}
          rows={row.pairs.map((pair) => ({
            key: `${pair.first_name}|${pair.second_name}`,
            name: `${pair.first_name} · ${pair.second_name}`,
            estimate: pair.kappa,
          }))}
        />
        <EstimateTable
          title={i18n._("By guideline version")}
          rows={row.guidelines.map((guideline) => ({
            key: String(guideline.guideline_version),
            name: i18n._("Version {version}", { version: guideline.guideline_version }),
            estimate: guideline.similarity,
          }))}
        />
      </SimpleGrid>
      {row.confusions.length > 0 && (
        <Card withBorder mt="md" style={{ overflowX: "auto" }}>
          <Title order={2} mb="xs">
            {i18n._("Most confused label pairs")}
          </Title>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{i18n._("Labels")}</Table.Th>
                <Table.Th scope="col" ta="end">
                  {i18n._("Times")}
                </Table.Th>
                <Table.Th scope="col">{i18n._("Items")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {row.confusions.map((confusion) => (
                <Table.Tr key={`${confusion.first_label}|${confusion.second_label}`}>
                  <Table.Th scope="row" fw={500}>
                    {name(confusion.first_label)} ↔ {name(confusion.second_label)}
                  </Table.Th>
                  <Table.Td ta="end" className="num">
                    {count(confusion.count, i18n.locale)}
                  </Table.Td>
                  <Table.Td>
                    <Group gap="xs">
                      {confusion.task_ids.slice(0, 6).map((task) => (
                        <Anchor
                          key={task}
                          component={Link}
                          to={`/review/${project.id}?task=${task}`}
                          size="sm"
                        >
                          #{task}
                        </Anchor>
                      ))}
                      <Anchor
                        component={Link}
                        to={`/review/${project.id}?task=${confusion.task_ids.join(",")}`}
                        size="sm"
                        fw={600}
                      >
                        {i18n._("Open all")}
                      </Anchor>
                    </Group>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      )}
    </>
  );
}

function EstimateTable({
  title,
  rows,
  share = true,
}: {
  title: string;
  rows: { key: string; name: string; estimate: Schemas["QualityEstimateOut"]; to?: string }[];
  share?: boolean;
}) {
  if (rows.length === 0) return null;
  return (
    <Card withBorder style={{ overflowX: "auto" }}>
      <Title order={2} mb="xs">
        {title}
      </Title>
      <Table>
        <Table.Tbody>
          {rows.map(({ key, name, estimate, to }) => (
            <Table.Tr key={key}>
              <Table.Th scope="row" fw={500}>
                {to ? (
                  <Anchor component={Link} to={to} size="sm">
                    {name}
                  </Anchor>
                ) : (
                  name
                )}
              </Table.Th>
              <Table.Td ta="end">
                <Estimate of={estimate} share={share} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

/** Resolve all items with several annotations anew, by a method or by the one that fits. */
function ConsensusForm({ project }: { project: Project }) {
  const { i18n } = useLingui();
  const [method, setMethod] = useState<Method>("auto");
  const submit = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/consensus/", {
          params: { path: { project_id: project.id } },
          body: { method },
        }),
      ),
  });
  const job = useQuery({
    queryKey: ["job", submit.data?.id],
    queryFn: () =>
      unwrap(api.GET("/api/v1/jobs/{job_id}/", { params: { path: { job_id: submit.data?.id ?? 0 } } })),
    enabled: submit.data !== undefined,
    refetchInterval: (query) =>
      ["queued", "running"].includes(query.state.data?.state ?? "queued") ? 1000 : false,
  });
  const result = (job.data?.result ?? {}) as Record<string, unknown>;
  const methods = [
    { value: "auto", label: i18n._("Auto") },
    { value: "majority", label: i18n._("Majority vote") },
    { value: "dawid_skene", label: "Dawid–Skene" },
    { value: "glad", label: "GLAD" },
    { value: "mace", label: "MACE" },
  ];
  const methodTitle = (key: unknown) =>
    methods.find(({ value }) => value === key)?.label ?? i18n._("Matching and averaging");
  return (
    <div>
      <Group align="end" gap="xs">
        <Select
          label={i18n._("Consensus method")}
          allowDeselect={false}
          value={method}
          onChange={(value) => setMethod((value ?? "auto") as Method)}
          data={methods}
        />
        <Button onClick={() => submit.mutate()} loading={submit.isPending}>
          {i18n._("Compute consensus")}
        </Button>
      </Group>
      {submit.error && <ErrorAlert error={submit.error} />}
      <Text size="sm" c="dimmed" mt={4} component="output" display="block">
        {job.data?.state === "done" &&
          i18n._("{method}: {changed} of {tasks, plural, one {# label} other {# labels}} changed ({why})", {
            method: methodTitle(result.method),
            changed: Number(result.changed),
            tasks: Number(result.tasks),
            why: String(result.why),
          })}
      </Text>
      {job.data && job.data.state !== "done" && <JobLine job={job.data} />}
    </div>
  );
}
