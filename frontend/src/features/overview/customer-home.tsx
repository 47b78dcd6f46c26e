import { useLingui } from "@lingui/react";
import { Button, Card, Group, SimpleGrid, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconFileCertificate } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMe } from "../../shared/api/session";
import { contractClaim, contractSentence, partyOf } from "../../shared/ui/contract-sentence";
import { ContractState } from "../../shared/ui/contract-state";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { day, rough } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";
import { Stat, Stats } from "../../shared/ui/stat";

type Contract = Schemas["ContractOut"];
type Forecast = Schemas["ForecastSummaryOut"];

/** A customer's home: what waits for their signature, and for the rest money and date. */
export function CustomerHome() {
  const { i18n } = useLingui();
  const me = useMe();
  const contracts = useQuery({
    queryKey: ["contracts", "all"],
    queryFn: () => unwrap(api.GET("/api/v1/contracts/", { params: { query: { limit: 200 } } })),
    refetchInterval: 15_000,
  });
  const forecasts = useQuery({
    queryKey: ["forecast-summaries"],
    queryFn: () => unwrap(api.GET("/api/v1/forecasts/", { params: { query: { limit: 200 } } })),
  });
  const rows = contracts.data?.results ?? [];
  const toSign = rows.filter((row) => row.signable_party !== null);
  const open = rows.filter((row) => row.signable_party === null && ["draft", "signed"].includes(row.state));
  const closed = rows.filter((row) => !["draft", "signed"].includes(row.state));
  const forecastOf = (row: Contract) =>
    forecasts.data?.results.find((forecast) => forecast.project_id === row.project_id);
  const group = (title: string, matches: Contract[]) =>
    matches.length > 0 && (
      <section key={title}>
        <Title order={2} mb="xs">
          {title}
        </Title>
        <SimpleGrid cols={{ base: 1, lg: 2 }}>
          {matches.map((row) => (
            <ContractCard key={row.id} contract={row} forecast={forecastOf(row)} />
          ))}
        </SimpleGrid>
      </section>
    );
  return (
    <Page title={i18n._("Hello, {name}", { name: me.name })}>
      {contracts.error && <ErrorAlert error={contracts.error} retry={() => void contracts.refetch()} />}
      {contracts.isPending && (
        <Stack role="status" aria-label={i18n._("Loading…")}>
          <Skeleton height={90} />
          <Skeleton height={160} />
        </Stack>
      )}
      {contracts.data && (
        <Stack gap="lg">
          <Text fw={650} size="lg" role="status">
            {i18n._(
              "{toSign, plural, =0 {Nothing waits for your signature.} one {# contract waits for your signature.} other {# contracts wait for your signature.}}",
              { toSign: toSign.length },
            )}
          </Text>
          {rows.length === 0 && (
            <EmptyState title={i18n._("No contracts yet.")} Icon={IconFileCertificate}>
              {i18n._("Your provider creates acceptance contracts. You read and sign them here.")}
            </EmptyState>
          )}
          {group(i18n._("To sign"), toSign)}
          {group(i18n._("In progress"), open)}
          {group(i18n._("Decided"), closed)}
        </Stack>
      )}
    </Page>
  );
}

function ContractCard({ contract, forecast }: { contract: Contract; forecast: Forecast | undefined }) {
  const { i18n } = useLingui();
  const me = useMe();
  const { text, tone } = contractSentence(i18n, contract, partyOf(me));
  const isOpen = ["draft", "signed"].includes(contract.state);
  const never = i18n._("not expected");
  const date = (value: string | null) => (value === null ? never : day(value, i18n.locale));
  const figure = (value: number | null) => (value === null ? never : rough(value, i18n.locale));
  const dates = forecast?.cost_forecast?.dates;
  const cost = forecast?.cost_forecast?.cost;
  return (
    <Card withBorder component="article">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Title order={3}>
            <Link to={`/contracts/${contract.id}`}>{contract.title}</Link>
          </Title>
          <Text size="sm" c="dimmed">
            {contract.project} · {contractClaim(i18n, contract)}
          </Text>
        </div>
        <ContractState state={contract.state} />
      </Group>
      <Text fw={tone === "act" ? 650 : undefined} my="sm">
        {text}
      </Text>
      {isOpen && (dates || cost) && (
        <Stats>
          {dates && (
            <Stat
              label={i18n._("Target expected on")}
              value={date(dates.p50)}
              note={i18n._("80% interval: {low} to {high}", { low: date(dates.p10), high: date(dates.p90) })}
            />
          )}
          {cost && (
            <Stat
              label={i18n._("Labeling cost still needed")}
              value={figure(cost.p50)}
              note={i18n._("80% interval: {low} to {high}", {
                low: figure(cost.p10),
                high: figure(cost.p90),
              })}
            />
          )}
        </Stats>
      )}
      <Group>
        <Button
          component={Link}
          to={`/contracts/${contract.id}`}
          variant={tone === "act" ? "filled" : "default"}
        >
          {tone === "act" ? i18n._("Read and sign") : i18n._("Open contract")}
        </Button>
      </Group>
    </Card>
  );
}
