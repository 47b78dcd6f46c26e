import { useLingui } from "@lingui/react";
import { useDebouncedValue } from "@mantine/hooks";
import { createSpotlight, Spotlight } from "@mantine/spotlight";
import {
  IconBell,
  IconBox,
  IconDatabase,
  IconFileCertificate,
  IconFolders,
  IconMoon,
  IconPhoto,
  IconPlus,
  type IconProps,
  IconRocket,
  IconSearch,
  IconSettings,
  IconUser,
} from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ComponentType, useEffect, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { useChangeMe } from "../../shared/api/change-me";
import { api, unwrap } from "../../shared/api/client";
import { useMe } from "../../shared/api/session";
import { applyTheme, colorScheme } from "../../shared/ui/theme";
import { navigation } from "./navigation";
import "@mantine/spotlight/styles.layer.css";

interface Result {
  id: string;
  title: string;
  description?: string;
  Icon: ComponentType<IconProps>;
  open: () => void;
}

interface ResultGroup {
  title: string;
  results: Result[];
}

const [store, spotlight] = createSpotlight();
const LIMIT = 6;

/** Pages, actions, and whatever in the organization has the words in its name. Closes itself by `close`. */
export function Search({ close }: { close: () => void }) {
  const { i18n } = useLingui();
  const [text, setText] = useState("");
  useEffect(spotlight.open, []);
  const shown = useResults(text.trim()).filter(({ results }) => results.length > 0);
  return (
    <Spotlight.Root
      store={store}
      query={text}
      onQueryChange={setText}
      onSpotlightClose={close}
      shortcut={null}
      clearQueryOnClose={false}
      scrollable
      maxHeight={480}
    >
      <Spotlight.Search
        placeholder={i18n._("Search projects, datasets, models, people and actions…")}
        aria-label={i18n._("Search")}
        leftSection={<IconSearch size={18} aria-hidden />}
      />
      <Spotlight.ActionsList>
        {shown.map(({ title, results }) => (
          <Spotlight.ActionsGroup key={title} label={title}>
            {results.map(({ id, title: label, description, Icon, open }) => (
              <Spotlight.Action
                key={id}
                label={label}
                description={description}
                leftSection={<Icon size={18} stroke={1.7} aria-hidden />}
                onClick={open}
              />
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {shown.length === 0 && <Spotlight.Empty>{i18n._("Nothing found.")}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function useResults(text: string): ResultGroup[] {
  const { i18n } = useLingui();
  const me = useMe();
  const go = useNavigate();
  const [search] = useDebouncedValue(text, 150);
  const change = useChangeMe();
  const may = (scope: string) => me.scopes.includes(scope);
  const query = { search, limit: LIMIT };
  // Items are found within the project that one looks at: an organization has millions.
  const projectId = Number(/^\/projects\/(\d+)/.exec(useLocation().pathname)?.[1] ?? 0);
  const named = useQuery({
    queryKey: ["search", search, projectId],
    enabled: search.length > 0,
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const [projects, datasets, models, deployments, contracts, members, items] = await Promise.all([
        may("runs.read") ? unwrap(api.GET("/api/v1/projects/", { params: { query } })) : null,
        may("data.read") ? unwrap(api.GET("/api/v1/datasets/", { params: { query } })) : null,
        may("models.read") ? unwrap(api.GET("/api/v1/models/", { params: { query } })) : null,
        may("models.read") ? unwrap(api.GET("/api/v1/deployments/", { params: { query } })) : null,
        may("contracts.read") ? unwrap(api.GET("/api/v1/contracts/", { params: { query } })) : null,
        may("members.read") ? unwrap(api.GET("/api/v1/members/", { params: { query } })) : null,
        projectId && may("labels.review")
          ? unwrap(
              api.GET("/api/v1/projects/{project_id}/tasks/", {
                params: { path: { project_id: projectId }, query: { ...query, state: "all" } },
              }),
            )
          : null,
      ]);
      return { projects, datasets, models, deployments, contracts, members, items };
    },
  });
  const result = (
    id: string,
    title: string,
    Icon: Result["Icon"],
    to: string,
    description?: string,
  ): Result => ({
    id,
    title,
    Icon,
    open: () => void go(to),
    ...(description ? { description } : {}),
  });
  const contains = ({ title }: Result) => title.toLocaleLowerCase().includes(text.toLocaleLowerCase());
  const pages = navigation(me, i18n).flatMap(({ destinations }) =>
    destinations.map(({ to, title, Icon }) => result(`page:${to}`, title, Icon, to)),
  );
  pages.push(
    result("page:/inbox", i18n._("Inbox"), IconBell, "/inbox"),
    result("page:/settings", i18n._("Settings"), IconSettings, "/settings"),
  );
  const actions: Result[] = [
    ...(may("projects.write")
      ? [result("new-project", i18n._("Create project"), IconPlus, "/projects/new")]
      : []),
    ...(may("contracts.write")
      ? [result("new-contract", i18n._("New acceptance contract"), IconPlus, "/contracts/new")]
      : []),
    {
      id: "theme",
      title: i18n._("Switch between light and dark"),
      Icon: IconMoon,
      open: () => {
        const chosen = colorScheme() === "dark" ? "light" : "dark";
        applyTheme(chosen);
        change.mutate({ preferences: { theme: chosen } });
      },
    },
  ];
  const matches = search && text ? named.data : undefined;
  return [
    { title: i18n._("Pages"), results: pages.filter(contains) },
    { title: i18n._("Actions"), results: actions.filter(contains) },
    {
      title: i18n._("Items of this project"),
      results: (matches?.items?.results ?? []).map((row) =>
        result(
          `item:${row.id}`,
          row.name,
          IconPhoto,
          `/projects/${projectId}/items?search=${encodeURIComponent(search)}&item=${row.id}`,
        ),
      ),
    },
    {
      title: i18n._("Projects"),
      results: (matches?.projects?.results ?? []).map((row) =>
        result(`project:${row.id}`, row.name, IconFolders, `/projects/${row.id}`),
      ),
    },
    {
      title: i18n._("Datasets"),
      results: (matches?.datasets?.results ?? []).map((row) =>
        result(`dataset:${row.id}`, row.name, IconDatabase, `/datasets/${row.id}`),
      ),
    },
    {
      title: i18n._("Models"),
      results: (matches?.models?.results ?? []).map((row) =>
        result(`model:${row.id}`, row.name, IconBox, `/models/${row.project_id}/${row.name}`, row.project),
      ),
    },
    {
      title: i18n._("Deployments"),
      results: (matches?.deployments?.results ?? []).map((row) =>
        result(`deployment:${row.id}`, row.name, IconRocket, `/deployments/${row.name}`),
      ),
    },
    {
      title: i18n._("Contracts"),
      results: (matches?.contracts?.results ?? []).map((row) =>
        result(`contract:${row.id}`, row.title, IconFileCertificate, `/contracts/${row.id}`),
      ),
    },
    {
      title: i18n._("Members"),
      results: (matches?.members?.results ?? []).map((row) =>
        result(
          `member:${row.id}`,
          row.name,
          IconUser,
          `/members?search=${encodeURIComponent(row.name)}`,
          row.email,
        ),
      ),
    },
  ];
}
