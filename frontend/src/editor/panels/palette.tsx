import { useLingui } from "@lingui/react";
import { useEffect, useId, useRef, useState } from "react";
import { type Action, printed } from "../actions/actions";
import { find } from "../actions/find";

/** Find and run any action by typing a part of its name. */
export function Palette({ actions, close }: { actions: Action[]; close: () => void }) {
  const { i18n } = useLingui();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => field.current?.focus(), []);
  const matches = find(actions, text).slice(0, 12);
  const run = (action: Action | undefined) => {
    close();
    action?.run();
  };
  const press = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt((at + step + matches.length) % Math.max(1, matches.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(matches[at]);
    } else if (event.key === "Escape") close();
  };
  return (
    <search className="palette" onKeyDown={press}>
      <input
        ref={field}
        value={text}
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={matches[at] ? `${id}-${matches[at].id}` : undefined}
        aria-label={i18n._("Find an action")}
        placeholder={i18n._("Find an action")}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onBlur={(event) => {
          if (!event.relatedTarget) close();
        }}
      />
      <div role="listbox" id={id} aria-label={i18n._("Actions")}>
        {matches.map((action, index) => (
          <div
            key={action.id}
            id={`${id}-${action.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onMouseDown={(event) => {
              event.preventDefault();
              run(action);
            }}
          >
            {action.title}
            <span>
              {action.keys.map((key) => (
                <kbd key={key}>{printed(key)}</kbd>
              ))}
            </span>
          </div>
        ))}
      </div>
      {matches.length === 0 && <p className="muted">{i18n._("No matching action.")}</p>}
    </search>
  );
}
