import { useLingui } from "@lingui/react";
import {
  Alert,
  Button,
  Card,
  Grid,
  Group,
  List,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { IconChartLine } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, unwrap } from "../../shared/api/client";
import { CurveChart } from "../../shared/ui/curve-chart";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { ForecastSentence, SufficiencyChart } from "../../shared/ui/forecast-sentence";
import { rough } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";
import { parseCurve } from "./parse";

const EXAMPLE = "n,score\n50,0.62\n100,0.70\n200,0.76\n400,0.81\n800,0.85";

/** Anyone's curve, pasted: what it says of a target. */
export function CalculatorPage() {
  const { i18n } = useLingui();
  const [text, setText] = useState(EXAMPLE);
  const [target, setTarget] = useState("0.9");
  const [worst, setWorst] = useState("0");
  const [best, setBest] = useState("1");
  const [price, setPrice] = useState("");
  const { points, problems } = parseCurve(text);
  const ask = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/forecasts/", {
          body: {
            points,
            target: Number(target),
            worst_score: Number(worst),
            best_score: Number(best),
            ...(price === "" ? {} : { cost_per_label: Number(price) }),
          },
        }),
      ),
  });
  const share = worst === "0" && best === "1";
  const sizes = new Set(points.map((point) => point.n)).size;
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (problems.length === 0) ask.mutate();
  };
  const cost = ask.data?.cost;
  const show = (value: number | null) => (value === null ? i18n._("never") : rough(value, i18n.locale));
  const number = (
    label: string,
    value: string,
    change: (value: string) => void,
    { isOptional = false, description = "" } = {},
  ) => (
    <TextInput
      type="number"
      step="any"
      label={label}
      description={description || undefined}
      required={!isOptional}
      withAsterisk={false}
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
  return (
    <Page
      title={i18n._("Learning-curve calculator")}
      lead={i18n._(
        "Paste a learning curve measured anywhere and see how many labels a target needs. Nothing is stored.",
      )}
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Card withBorder>
            <form onSubmit={send}>
              <Stack>
                <Textarea
                  label={i18n._("Curve")}
                  description={i18n._("One run per line: n, score and, if known, seed and standard error.")}
                  minRows={8}
                  spellCheck={false}
                  value={text}
                  error={problems.length > 0}
                  onChange={(event) => setText(event.currentTarget.value)}
                />
                {problems.length > 0 && (
                  <Alert color="red" variant="light" role="alert">
                    <List size="sm">
                      {problems.slice(0, 8).map((problem) => (
                        <List.Item key={`${problem.line}-${problem.column}`}>
                          {i18n._("Line {line}, column {column}: “{text}” cannot be read.", {
                            line: problem.line,
                            column: problem.column,
                            text: problem.text,
                          })}
                        </List.Item>
                      ))}
                    </List>
                  </Alert>
                )}
                <SimpleGrid cols={2}>
                  {number(i18n._("Target score"), target, setTarget)}
                  {number(i18n._("Price per label"), price, setPrice, { isOptional: true })}
                  {number(i18n._("Worst possible score"), worst, setWorst)}
                  {number(i18n._("Best possible score"), best, setBest, {
                    description: i18n._("Below the worst score if lower is better"),
                  })}
                </SimpleGrid>
                {problems.length === 0 && sizes < 3 && (
                  <Text size="sm" c="dimmed">
                    {i18n._("A forecast needs at least three measured sizes.")}
                  </Text>
                )}
                <Group>
                  <Button type="submit" loading={ask.isPending} disabled={problems.length > 0 || sizes < 3}>
                    {i18n._("Forecast")}
                  </Button>
                </Group>
              </Stack>
            </form>
            {ask.error && <ErrorAlert error={ask.error} />}
          </Card>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 8 }}>
          {ask.data ? (
            <Stack>
              <ForecastSentence forecast={ask.data.forecast} share={share} />
              {cost && (
                <Text>
                  {i18n._("Cost still needed: median {p50} (80% interval {p10} to {p90})", {
                    p10: show(cost.p10),
                    p50: show(cost.p50),
                    p90: show(cost.p90),
                  })}
                </Text>
              )}
              <Card withBorder>
                <CurveChart
                  pooled={ask.data.pooled}
                  forecast={ask.data.forecast}
                  name="curve"
                  metric={i18n._("Score")}
                  share={share}
                  measured={i18n._("As entered")}
                />
              </Card>
              <SufficiencyChart forecast={ask.data.forecast} />
            </Stack>
          ) : (
            <EmptyState title={i18n._("No forecast yet")} Icon={IconChartLine}>
              {i18n._("Paste your curve, set a target and choose Forecast. The example shows the format.")}
            </EmptyState>
          )}
        </Grid.Col>
      </Grid>
    </Page>
  );
}
