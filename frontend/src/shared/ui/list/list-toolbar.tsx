import { useLingui } from "@lingui/react";
import { Button, CloseButton, Group, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useEffect, useState } from "react";
import type { ListState } from "./list-state";
import { SavedViews, type ViewsOf } from "./saved-views";

export interface Filter {
  /** The API's query parameter, as given to `useListState`. */
  name: string;
  label: string;
  /** Value and title of each choice; "" is no filter and is added. */
  options: [value: string, title: string][];
}

/** Search, filters and a way back to everything, above a list. Actions stand at the end. */
export function ListToolbar({
  state,
  searchLabel,
  filters = [],
  views,
  children,
}: {
  state: ListState;
  searchLabel?: string;
  filters?: Filter[];
  /** Offers saved views of this list. */
  views?: ViewsOf;
  children?: ReactNode;
}) {
  const { i18n } = useLingui();
  return (
    <Group gap="xs" mb="sm" role="search">
      {views && <SavedViews state={state} of={views} />}
      {searchLabel && <SearchField state={state} label={searchLabel} />}
      {filters.map(({ name, label, options }) => (
        <Select
          key={name}
          aria-label={label}
          placeholder={label}
          w={180}
          clearable
          data={options.map(([value, title]) => ({ value, label: title }))}
          value={state.filters[name] ?? null}
          onChange={(value) => state.set({ [name]: value ?? "" })}
          clearButtonProps={{ "aria-label": i18n._("Clear {filter}", { filter: label }) }}
        />
      ))}
      {state.isFiltered && (
        <Button variant="subtle" color="gray" onClick={state.clear}>
          {i18n._("Clear filters")}
        </Button>
      )}
      {children && (
        <Group gap="xs" ml="auto">
          {children}
        </Group>
      )}
    </Group>
  );
}

function SearchField({ state, label }: { state: ListState; label: string }) {
  const { i18n } = useLingui();
  const [text, setText] = useState(state.search);
  useEffect(() => setText(state.search), [state.search]);
  const search = useDebouncedCallback((value: string) => state.set({ search: value.trim() }), 250);
  const change = (value: string) => {
    setText(value);
    search(value);
  };
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      w={260}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        text && <CloseButton size="sm" aria-label={i18n._("Clear search")} onClick={() => change("")} />
      }
    />
  );
}
