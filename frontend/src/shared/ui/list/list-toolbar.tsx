import { useLingui } from "@lingui/react";
import { Button, CloseButton, Group, Popover, Select, Stack, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconFilter, IconSearch } from "@tabler/icons-react";
import { type ReactNode, useEffect, useState } from "react";
import type { ListState } from "./list-state";
import { SavedViews, type ViewsOf } from "./saved-views";

export interface Filter {
  /** The API's query parameter, as given to `useListState`. */
  name: string;
  label: string;
  /** Value and title of each choice; "" is no filter and is added. */
  options: [value: string, title: string][];
  /** What the list shows without the filter, where that is no more than a choice among others. */
  none?: string;
  /** Stands behind the button “More filters”. */
  isRare?: boolean;
}

export interface ToolbarProps {
  state: ListState;
  searchLabel?: string;
  filters?: Filter[];
  /** Offers saved views of this list. */
  views?: ViewsOf;
  /** Actions. */
  children?: ReactNode;
}

/** Search, filters and a way back to everything, above a list. Actions stand at the end. */
export function ListToolbar({ state, searchLabel, filters = [], views, children }: ToolbarProps) {
  const { i18n } = useLingui();
  return (
    <Group gap="xs" mb="sm" role="search">
      {views && <SavedViews state={state} of={views} />}
      {searchLabel && <SearchField state={state} label={searchLabel} />}
      {filters
        .filter((filter) => !filter.isRare)
        .map((filter) => (
          <FilterSelect key={filter.name} filter={filter} state={state} />
        ))}
      <RareFilters filters={filters.filter((filter) => filter.isRare)} state={state} />
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

const SEARCHABLE_FROM = 12; // choices of one filter

function FilterSelect({
  filter: { name, label, options, none },
  state,
  isInPopover = false,
}: {
  filter: Filter;
  state: ListState;
  isInPopover?: boolean;
}) {
  const { i18n } = useLingui();
  const value = state.filters[name] ?? null;
  const isListed = value === null || options.some(([choice]) => choice === value);
  return (
    <Select
      {...(isInPopover ? { label } : { "aria-label": label, w: 180 })}
      placeholder={none ?? label}
      clearable
      searchable={options.length >= SEARCHABLE_FROM}
      data={[
        ...options.map(([choice, title]) => ({ value: choice, label: title })),
        ...(isListed ? [] : [{ value, label: value }]),
      ]}
      value={value}
      onChange={(next) => state.set({ [name]: next ?? "" })}
      clearButtonProps={{ "aria-label": i18n._("Clear {filter}", { filter: label }) }}
      comboboxProps={{ withinPortal: !isInPopover }}
    />
  );
}

function RareFilters({ filters, state }: { filters: Filter[]; state: ListState }) {
  const { i18n } = useLingui();
  if (filters.length === 0) return null;
  const number = filters.filter(({ name }) => state.filters[name]).length;
  return (
    <Popover position="bottom-start" width={280} trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconFilter size={16} aria-hidden />}>
          {number > 0 ? i18n._("More filters ({number})", { number }) : i18n._("More filters")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          {filters.map((filter) => (
            <FilterSelect key={filter.name} filter={filter} state={state} isInPopover />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
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
