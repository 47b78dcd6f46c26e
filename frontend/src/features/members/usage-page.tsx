import { useLingui } from "@lingui/react";
import { Alert, Progress, SimpleGrid, Skeleton, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { bytes } from "../../shared/ui/amounts";
import { ErrorAlert } from "../../shared/ui/feedback";
import { count, percent } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";
import { Section } from "../../shared/ui/section";

/** What the organization uses of its quotas. */
export function UsagePage() {
  const { i18n } = useLingui();
  const usage = useQuery({
    queryKey: ["usage"],
    queryFn: () => unwrap(api.GET("/api/v1/organization/usage/")),
    refetchInterval: 15_000,
  });
  const inWords = (value: number) => count(value, i18n.locale);
  const rows: [keyof Quotas, string, string, string, (value: number) => string][] = [
    [
      "storage_bytes",
      i18n._("Storage"),
      i18n._("Files of datasets, snapshots, exports and models."),
      i18n._("Delete datasets, snapshots or model versions that nobody needs, or ask the operator for more."),
      (value) => bytes(value, i18n.locale),
    ],
    [
      "items",
      i18n._("Items"),
      i18n._("Items of all datasets, also of archived projects."),
      i18n._("Delete datasets that nobody needs, or ask the operator for more."),
      inWords,
    ],
    [
      "requests_per_minute",
      i18n._("Requests per minute"),
      i18n._("Requests of all members and tokens in this minute, through the API and MLflow."),
      i18n._("Let programs ask less often, or ask the operator for more."),
      inWords,
    ],
    [
      "requests_per_day",
      i18n._("Requests per day"),
      i18n._("Requests of all members and tokens today (UTC), through the API and MLflow."),
      i18n._("Let programs ask less often, or ask the operator for more."),
      inWords,
    ],
  ];
  return (
    <Page
      title={i18n._("Usage")}
      lead={i18n._("What your organization uses. The operator of this installation sets the quotas.")}
    >
      {usage.isPending && <Skeleton height={240} role="status" aria-label={i18n._("Loading…")} />}
      {usage.error && <ErrorAlert error={usage.error} retry={() => void usage.refetch()} />}
      {usage.data && (
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          {rows.map(([key, title, counted, advice, format]) => (
            <Meter
              key={key}
              title={title}
              counted={counted}
              advice={advice}
              quota={usage.data[key]}
              warnAt={usage.data.warn_at_percent}
              format={format}
            />
          ))}
        </SimpleGrid>
      )}
    </Page>
  );
}

type Quotas = Omit<Schemas["UsageOut"], "warn_at_percent">;

function Meter({
  title,
  counted,
  advice,
  quota: { used, limit },
  warnAt,
  format,
}: {
  title: string;
  /** What counts. */
  counted: string;
  /** What to do where little is left. */
  advice: string;
  quota: Schemas["QuotaUsage"];
  warnAt: number;
  format: (value: number) => string;
}) {
  const { i18n } = useLingui();
  const share = used === null || limit === null ? null : limit === 0 ? 1 : used / limit;
  const isNear = share !== null && 100 * share >= warnAt;
  const figure =
    used === null
      ? i18n._("Not known at the moment")
      : limit === null
        ? i18n._("{used}, no limit", { used: format(used) })
        : i18n._("{used} of {limit}", { used: format(used), limit: format(limit) });
  return (
    <Section title={title}>
      <Text fw={600} className="num">
        {figure}
        {share !== null && ` (${percent(share, i18n.locale, 0)})`}
      </Text>
      {share !== null && (
        <Progress
          my="xs"
          value={Math.min(100, 100 * share)}
          color={share >= 1 ? "red" : isNear ? "yellow" : "blue"}
          aria-label={title}
        />
      )}
      <Text size="sm" c="dimmed">
        {counted}
      </Text>
      {isNear && (
        <Alert
          mt="sm"
          color={share >= 1 ? "red" : "yellow"}
          variant="light"
          icon={<IconAlertTriangle aria-hidden />}
        >
          {share >= 1
            ? i18n._("The quota is used up: more is refused.")
            : i18n._("The quota is nearly used up.")}{" "}
          {advice}
        </Alert>
      )}
    </Section>
  );
}
