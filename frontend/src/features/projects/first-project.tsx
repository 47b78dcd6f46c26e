import { useLingui } from "@lingui/react";
import { Anchor, Button, Card, Stepper, Text, Title } from "@mantine/core";
import { IconDatabase, IconFolderPlus, IconReceipt2, IconRocket, IconTags } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";

/** An organization without a project: the way to the first trained model in five steps. */
export function FirstProject() {
  const { i18n } = useLingui();
  const maySeeDatasets = useMay("data.read");
  const datasets = useQuery({
    queryKey: ["datasets", "any"],
    queryFn: () => unwrap(api.GET("/api/v1/datasets/", { params: { query: { limit: 1 } } })),
    enabled: maySeeDatasets,
  });
  const active = (datasets.data?.results.length ?? 0) > 0 ? 1 : 0;
  const steps = [
    {
      Icon: IconDatabase,
      title: i18n._("Import data"),
      text: i18n._("Upload images, texts or tables as a dataset."),
      action: [i18n._("Import data"), "/datasets"],
    },
    {
      Icon: IconFolderPlus,
      title: i18n._("Create a project"),
      text: i18n._("Choose the annotation type, the labels and the target accuracy."),
      action: [i18n._("Create project"), "/projects/new"],
    },
    {
      Icon: IconTags,
      title: i18n._("Label"),
      text: i18n._("Label items yourself or invite annotators."),
    },
    {
      Icon: IconRocket,
      title: i18n._("Train"),
      text: i18n._("Create a snapshot of the labeled data and train a model on it."),
    },
    {
      Icon: IconReceipt2,
      title: i18n._("Plan the label budget"),
      text: i18n._("The learning curve predicts how many more labels the target accuracy needs."),
    },
  ];
  return (
    <Card withBorder padding="lg" maw={760}>
      <Title order={2} mb={4}>
        {i18n._("Your first project in five steps")}
      </Title>
      <Text size="sm" c="dimmed" mb="lg">
        {i18n._("No projects yet. Each step opens the page where it is done.")}
      </Text>
      <Stepper active={active} orientation="vertical" size="sm" allowNextStepsSelect={false}>
        {steps.map(({ Icon, title, text, action }, index) => (
          <Stepper.Step
            key={title}
            component="div"
            role="group"
            aria-label={title}
            icon={<Icon size={18} aria-hidden />}
            label={title}
            description={
              <>
                <Text size="sm" c="dimmed" component="span" display="block">
                  {text}
                </Text>
                {action && index === active && (
                  <Button component={Link} to={action[1] ?? ""} mt="xs" size="compact-md">
                    {action[0]}
                  </Button>
                )}
                {action && index < active && (
                  <Anchor component={Link} to={action[1] ?? ""} size="sm">
                    {action[0]}
                  </Anchor>
                )}
              </>
            }
          />
        ))}
      </Stepper>
    </Card>
  );
}
