import { useLingui } from "@lingui/react";
import { Anchor, Card, Group, Skeleton, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { ErrorAlert } from "../../shared/ui/feedback";
import { moment } from "../../shared/ui/numbers";
import { State } from "../../shared/ui/parts";
import { jobTitle } from "../../words/jobs";

/** The newest jobs of a project. */
export function Activity({ projectId }: { projectId: number }) {
  const { i18n } = useLingui();
  const maySee = useMay("runs.read");
  const mayOpenJobs = useMay("runs.write");
  const jobs = useQuery({
    queryKey: ["jobs", "of-project", projectId],
    queryFn: () =>
      unwrap(api.GET("/api/v1/jobs/", { params: { query: { project_id: projectId, limit: 6 } } })),
    enabled: maySee,
    refetchInterval: 10_000,
  });
  if (!maySee) return null;
  return (
    <Card withBorder>
      <Group justify="space-between" mb="xs">
        <Title order={2}>{i18n._("Activity")}</Title>
        {mayOpenJobs && (
          <Anchor component={Link} to={`/jobs?project_id=${projectId}`} size="sm">
            {i18n._("Open all jobs")}
          </Anchor>
        )}
      </Group>
      {jobs.error && <ErrorAlert error={jobs.error} retry={() => void jobs.refetch()} />}
      {jobs.isPending && <Skeleton height={90} />}
      {jobs.data?.results.length === 0 && (
        <Text size="sm" c="dimmed">
          {i18n._("No jobs yet.")}
        </Text>
      )}
      {jobs.data?.results.map((job) => (
        <Group key={job.id} justify="space-between" gap="xs" py={4}>
          <Text size="sm">
            {jobTitle(i18n, job.kind)} <State state={job.state} />
          </Text>
          <Text size="xs" c="dimmed">
            {moment(job.created_at, i18n.locale)}
          </Text>
        </Group>
      ))}
    </Card>
  );
}
