import { useLingui } from "@lingui/react";
import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Menu,
  Modal,
  Stack,
  Switch,
  Table,
  Text,
  TextInput,
  Tooltip,
} from "@mantine/core";
import { useDisclosure, useLocalStorage } from "@mantine/hooks";
import {
  IconBookmark,
  IconCheck,
  IconDeviceFloppy,
  IconPlus,
  IconSettings,
  IconStar,
  IconStarFilled,
  IconTrash,
  IconUsers,
} from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { api, ifMatch, type Schemas, unwrap } from "../../api/client";
import { useMay } from "../../api/session";
import { ConfirmDialog } from "../confirm-button";
import { DialogButtons } from "../dialog-buttons";
import { EmptyState, ErrorAlert, toast, toastError } from "../feedback";
import type { ListState } from "./list-state";

type View = Schemas["SavedViewOut"];

/** Which list the views are of. */
export interface ViewsOf {
  /** The key under which the server keeps them; stable over languages. */
  list: string;
  projectId?: number;
  /** Parameters of the address beside search, order and filters that belong to a view, such as the layout. */
  extra?: readonly string[];
  /** The id of the list's `DataTable`, whose hidden columns belong to a view. */
  table?: string;
}

type Change = { view: View; body: Schemas["PatchedSavedViewChange"] };

/** Views of a list: choose one, save what is shown now, share, rename, delete, and begin with one. */
export function SavedViews({ state, of }: { state: ListState; of: ViewsOf }) {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const [address] = useSearchParams();
  const [isOpen, setOpen] = useState(false);
  const [isSaving, saving] = useDisclosure(false);
  const [isManaging, managing] = useDisclosure(false);
  const [hidden, setHidden] = useLocalStorage<Record<string, boolean>>({
    key: `plateau.columns.${of.table ?? of.list}`,
    getInitialValueInEffect: false,
  });
  const extra = of.extra ?? [];
  const now: Record<string, string> = { ...state.query };
  for (const name of extra) if (address.get(name)) now[name] = address.get(name) ?? "";
  const isPristine = Object.keys(now).length === 0;
  const began = useRef(!isPristine);
  const key = ["saved-views", of.list, of.projectId ?? null];
  const views = useQuery({
    queryKey: key,
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/saved-views/", {
          params: { query: { list_key: of.list, ...(of.projectId && { project_id: of.projectId }) } },
        }),
      ),
    staleTime: 60_000,
  });
  const rows = views.data?.results ?? [];
  const apply = (view: View) => {
    const cleared = Object.fromEntries(
      ["search", "ordering", ...state.names, ...extra].map((name) => [name, ""]),
    );
    state.set({ ...cleared, ...view.query });
    if (view.hidden_columns)
      setHidden(Object.fromEntries(view.hidden_columns.map((column) => [column, false])));
  };
  const first = rows.find((view) => view.is_default);
  useEffect(() => {
    if (began.current || !views.data) return;
    began.current = true;
    if (first && isPristine) apply(first);
  });
  const refresh = () => queries.invalidateQueries({ queryKey: key });
  const fail = (error: unknown) =>
    toastError(error instanceof Error ? error.message : i18n._("Something went wrong."));
  const create = (body: Schemas["SavedViewIn"]) => unwrap(api.POST("/api/v1/saved-views/", { body }));
  const hiddenNow = Object.entries(hidden ?? {}).flatMap(([column, isShown]) => (isShown ? [] : [column]));
  const change = useMutation({
    mutationFn: ({ view, body }: Change) =>
      unwrap(
        api.PATCH("/api/v1/saved-views/{view_id}/", {
          params: { path: { view_id: view.id }, header: ifMatch(view) },
          body,
        }),
      ),
    onSuccess: () => {
      toast(i18n, i18n._("View saved."));
      return refresh();
    },
    onError: fail,
  });
  const begin = useMutation({
    mutationFn: ({ view, isDefault }: { view: View; isDefault: boolean }) => {
      const path = { params: { path: { view_id: view.id } } };
      return isDefault
        ? unwrap(api.POST("/api/v1/saved-views/{view_id}/default/", path))
        : unwrap(api.DELETE("/api/v1/saved-views/{view_id}/default/", path));
    },
    onSuccess: refresh,
    onError: fail,
  });
  const remove = useMutation({
    mutationFn: (view: View) =>
      unwrap(api.DELETE("/api/v1/saved-views/{view_id}/", { params: { path: { view_id: view.id } } })),
    onSuccess: (_, view) => {
      const { list_key, project_id, name, query, hidden_columns, is_shared } = view;
      toast(i18n, i18n._("View “{name}” deleted.", { name }), () =>
        create({ list_key, project_id, name, query, hidden_columns, is_shared }).then(refresh, fail),
      );
      return refresh();
    },
    onError: fail,
  });
  const current = rows.find((view) => sameQuery(view.query, now));
  const groups: [string, View[]][] = [
    [i18n._("My views"), rows.filter((view) => view.is_own && !view.is_shared)],
    [i18n._("Shared views"), rows.filter((view) => view.is_shared)],
  ];
  return (
    <>
      <Menu position="bottom-start" opened={isOpen} onChange={setOpen} width={280}>
        <Menu.Target>
          <Button variant="default" leftSection={<IconBookmark size={16} aria-hidden />}>
            {current?.name ?? i18n._("Views")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {views.error && <ErrorAlert error={views.error} retry={() => void views.refetch()} />}
          {views.data && rows.length === 0 && <Menu.Label>{i18n._("No saved views yet.")}</Menu.Label>}
          {groups
            .filter(([, members]) => members.length > 0)
            .map(([title, members]) => (
              <div key={title}>
                <Menu.Label>{title}</Menu.Label>
                {members.map((view) => (
                  <Menu.Item
                    key={view.id}
                    onClick={() => apply(view)}
                    leftSection={
                      view === current ? <IconCheck size={14} aria-hidden /> : <span style={{ width: 14 }} />
                    }
                    rightSection={
                      view.is_default && (
                        <IconStarFilled size={14} role="img" aria-label={i18n._("Default view")} />
                      )
                    }
                  >
                    {view.name}
                  </Menu.Item>
                ))}
              </div>
            ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconPlus size={14} aria-hidden />} onClick={saving.open}>
            {i18n._("Save view…")}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconSettings size={14} aria-hidden />}
            disabled={rows.length === 0}
            onClick={managing.open}
          >
            {i18n._("Manage views…")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={isSaving} onClose={saving.close} title={i18n._("Save view")}>
        <SaveForm
          close={saving.close}
          isOfProject={of.projectId !== undefined}
          save={async ({ name, isShared, isDefault }) => {
            const view = await create({
              list_key: of.list,
              project_id: of.projectId ?? null,
              name,
              query: now,
              hidden_columns: hidden ? hiddenNow : null,
              is_shared: isShared,
            });
            if (isDefault) await begin.mutateAsync({ view, isDefault });
            toast(i18n, i18n._("View saved."));
            await refresh();
          }}
        />
      </Modal>
      <Modal opened={isManaging} onClose={managing.close} title={i18n._("Manage views")} size="lg">
        {rows.length === 0 ? (
          <EmptyState title={i18n._("No saved views yet.")} />
        ) : (
          <ViewTable
            rows={rows}
            change={(view, body) => change.mutate({ view, body })}
            replace={(view) =>
              change.mutate({ view, body: { query: now, hidden_columns: hidden ? hiddenNow : null } })
            }
            begin={(view, isDefault) => begin.mutate({ view, isDefault })}
            remove={remove.mutate}
          />
        )}
      </Modal>
    </>
  );
}

function sameQuery(first: Record<string, string>, second: Record<string, string>): boolean {
  const names = Object.keys(first);
  return names.length === Object.keys(second).length && names.every((name) => first[name] === second[name]);
}

function SaveForm({
  close,
  isOfProject,
  save,
}: {
  close: () => void;
  isOfProject: boolean;
  save: (view: { name: string; isShared: boolean; isDefault: boolean }) => Promise<void>;
}) {
  const { i18n } = useLingui();
  const mayShare = useMay("projects.write");
  const send = useMutation({ mutationFn: save, onSuccess: close });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    send.mutate({
      name: String(form.get("name")),
      isShared: form.get("shared") !== null,
      isDefault: form.get("default") !== null,
    });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {i18n._("Keeps search, filters, sorting, layout, and columns.")}
        </Text>
        <TextInput name="name" label={i18n._("Name")} required maxLength={80} data-autofocus />
        {mayShare && (
          <Checkbox
            name="shared"
            label={
              isOfProject
                ? i18n._("Share with everyone in this project")
                : i18n._("Share with everyone in the organization")
            }
          />
        )}
        <Checkbox name="default" label={i18n._("Open this list with this view")} />
        {send.error && <ErrorAlert error={send.error} />}
        <DialogButtons close={close} isPending={send.isPending}>
          {i18n._("Save view")}
        </DialogButtons>
      </Stack>
    </form>
  );
}

function ViewTable({
  rows,
  change,
  replace,
  begin,
  remove,
}: {
  rows: View[];
  change: (view: View, body: Schemas["PatchedSavedViewChange"]) => void;
  replace: (view: View) => void;
  begin: (view: View, isDefault: boolean) => void;
  remove: (view: View) => void;
}) {
  const { i18n } = useLingui();
  const isManager = useMay("projects.write");
  const [leaving, leave] = useState<View | null>(null);
  const rename = (view: View, name: string) => {
    if (name && name !== view.name) change(view, { name });
  };
  return (
    <Table.ScrollContainer minWidth={520}>
      <Table aria-label={i18n._("Saved views")}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{i18n._("Name")}</Table.Th>
            <Table.Th scope="col">{i18n._("Owner")}</Table.Th>
            <Table.Th scope="col">{i18n._("Shared")}</Table.Th>
            <Table.Th scope="col">{i18n._("Actions")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((view) => {
            const mayChange = view.is_own || isManager;
            const values = { name: view.name };
            return (
              <Table.Tr key={`${view.id} ${view.etag}`}>
                <Table.Td>
                  {mayChange ? (
                    <TextInput
                      size="xs"
                      aria-label={i18n._("Name of view {name}", values)}
                      defaultValue={view.name}
                      maxLength={80}
                      onBlur={(event) => rename(view, event.currentTarget.value.trim())}
                      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
                    />
                  ) : (
                    view.name
                  )}
                </Table.Td>
                <Table.Td>{view.owner}</Table.Td>
                <Table.Td>
                  {isManager ? (
                    <Switch
                      size="xs"
                      aria-label={i18n._("Share view {name}", values)}
                      checked={view.is_shared}
                      onChange={(event) => change(view, { is_shared: event.currentTarget.checked })}
                    />
                  ) : (
                    view.is_shared && <IconUsers size={16} role="img" aria-label={i18n._("Shared")} />
                  )}
                </Table.Td>
                <Table.Td>
                  <Group gap={4} wrap="nowrap">
                    <IconAction
                      label={
                        view.is_default
                          ? i18n._("Do not open the list with {name}", values)
                          : i18n._("Open the list with {name}", values)
                      }
                      Icon={view.is_default ? IconStarFilled : IconStar}
                      run={() => begin(view, !view.is_default)}
                    />
                    {mayChange && (
                      <>
                        <IconAction
                          label={i18n._("Replace {name} with what is shown now", values)}
                          Icon={IconDeviceFloppy}
                          run={() => replace(view)}
                        />
                        <IconAction
                          label={i18n._("Delete view {name}", values)}
                          Icon={IconTrash}
                          run={() => (view.is_shared ? leave(view) : remove(view))}
                        />
                      </>
                    )}
                  </Group>
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
      {leaving && (
        <ConfirmDialog
          isOpen
          close={() => leave(null)}
          title={i18n._("Delete view “{name}”?", { name: leaving.name })}
          consequence={i18n._("It is shared: nobody has it any more afterwards.")}
          confirm={i18n._("Delete view")}
          onConfirm={() => remove(leaving)}
        />
      )}
    </Table.ScrollContainer>
  );
}

function IconAction({ label, Icon, run }: { label: string; Icon: typeof IconTrash; run: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={run}>
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
