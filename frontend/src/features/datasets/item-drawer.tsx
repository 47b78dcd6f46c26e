import { useLingui } from "@lingui/react";
import { Badge, Drawer, Group, List, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { Facts } from "../../shared/ui/facts";
import { ErrorAlert } from "../../shared/ui/feedback";
import { NeighborButtons, type Neighbors } from "../../shared/ui/list/neighbors";
import { moment } from "../../shared/ui/numbers";
import type { Dataset } from "./dataset-frame";
import { hasThumbnail, type Item } from "./item-picture";
import styles from "./items.module.css";
import { useProjectsOf } from "./usage-page";

const EXCERPT_LENGTH = 1000; // characters of a text that the list has

/** One item: all of it, its metadata, the projects that label it and the models that learned it. */
export function ItemDrawer({
  dataset,
  item,
  close,
  neighbors,
}: {
  dataset: Dataset;
  item: Item | undefined;
  close: () => void;
  neighbors: Neighbors;
}) {
  return (
    <Drawer opened={item !== undefined} onClose={close} position="right" size="lg" title={item?.name ?? ""}>
      <Group mb="sm">
        <NeighborButtons neighbors={neighbors} isActive={item !== undefined} />
      </Group>
      {item && <Content dataset={dataset} item={item} />}
    </Drawer>
  );
}

function Content({ dataset, item }: { dataset: Dataset; item: Item }) {
  const { i18n } = useLingui();
  const metadata = Object.entries(item.meta);
  return (
    <>
      {hasThumbnail(item) && (
        <img src={`/api/v1/assets/${item.asset_id}/content/`} alt={item.name} className={styles.full} />
      )}
      {item.excerpt && (
        <div className={styles.words}>
          {item.excerpt}
          {item.excerpt.length >= EXCERPT_LENGTH && (
            <Text size="sm" c="dimmed">
              {i18n._("… First {number} characters shown.", { number: EXCERPT_LENGTH })}
            </Text>
          )}
        </div>
      )}
      <Facts
        rows={[
          [i18n._("Item ID"), item.id],
          [i18n._("Media type"), item.media_type ?? i18n._("URL")],
          [i18n._("Size (px)"), item.width && item.height ? `${item.width} × ${item.height}` : null],
          [i18n._("Source"), item.uri && !/^(text|row):/.test(item.uri) ? item.uri : null],
          [i18n._("Added"), moment(item.created_at, i18n.locale)],
        ]}
      />
      <Title order={3} mt="lg" mb="xs">
        {i18n._("Metadata")}
      </Title>
      {metadata.length === 0 ? (
        <Text size="sm" c="dimmed">
          {i18n._("No metadata.")}
        </Text>
      ) : (
        <Facts
          rows={metadata.map(([key, value]) => [
            key,
            typeof value === "string" ? value : JSON.stringify(value),
          ])}
        />
      )}
      <Usage dataset={dataset} item={item} />
    </>
  );
}

function Usage({ dataset, item }: { dataset: Dataset; item: Item }) {
  const { i18n } = useLingui();
  const maySee = useMay("runs.read");
  const mayTrace = useMay("snapshots.read");
  const projects = useProjectsOf(dataset.id, maySee);
  const models = useQuery({
    queryKey: ["item-models", item.id],
    enabled: mayTrace,
    queryFn: () =>
      unwrap(api.GET("/api/v1/items/{item_id}/models/", { params: { path: { item_id: item.id } } })),
  });
  if (!maySee) return null;
  return (
    <>
      <Title order={3} mt="lg" mb="xs">
        {i18n._("Used by")}
      </Title>
      {projects.error && <ErrorAlert error={projects.error} />}
      {models.error && <ErrorAlert error={models.error} />}
      <List size="sm" listStyleType="none">
        {projects.data?.results.map((row) => (
          <List.Item key={row.id}>
            {i18n._("Project")} <Link to={`/projects/${row.id}`}>{row.name}</Link>
          </List.Item>
        ))}
        {models.data?.results.map((row) => (
          <List.Item key={row.id}>
            {i18n._("Trained model")} <Link to={`/versions/${row.id}`}>{`${row.name} v${row.version}`}</Link>{" "}
            {row.aliases.map((alias) => (
              <Badge key={alias} variant="light" size="sm" tt="none">
                {alias}
              </Badge>
            ))}
          </List.Item>
        ))}
      </List>
      {projects.data?.results.length === 0 && (
        <Text size="sm" c="dimmed">
          {i18n._("No project uses this dataset.")}
        </Text>
      )}
      {models.data?.results.length === 0 && (
        <Text size="sm" c="dimmed">
          {i18n._("No model was trained on this item.")}
        </Text>
      )}
    </>
  );
}
