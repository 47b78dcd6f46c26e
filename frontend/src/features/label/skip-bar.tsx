import { useLingui } from "@lingui/react";
import { useRef, useState } from "react";
import { useFirstFocus } from "../../shared/ui/first-focus";

/** Why an item is skipped: by number, or in one's own words. */
export function SkipBar({ skip, close }: { skip: (reason: string) => void; close: () => void }) {
  const { i18n } = useLingui();
  const reasons = [i18n._("Cannot be judged"), i18n._("Broken image"), i18n._("Not in the guidelines")];
  const [own, setOwn] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useFirstFocus(field);
  return (
    <form
      className="popover skip"
      aria-label={i18n._("Reason for skipping")}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
        const reason = own === "" ? reasons[Number(event.key) - 1] : undefined;
        if (reason) {
          event.preventDefault();
          skip(reason);
        }
      }}
      onSubmit={(event) => {
        event.preventDefault();
        if (own.trim()) skip(own.trim().slice(0, 200));
      }}
    >
      <p>{i18n._("Why skip this item?")}</p>
      {reasons.map((reason, index) => (
        <button type="button" key={reason} onClick={() => skip(reason)}>
          <kbd>{index + 1}</kbd> {reason}
        </button>
      ))}
      <input
        ref={field}
        value={own}
        maxLength={200}
        onChange={(event) => setOwn(event.target.value)}
        aria-label={i18n._("Another reason")}
        placeholder={i18n._("Another reason, then Enter")}
      />
      <button type="button" className="small" onClick={close}>
        {i18n._("Cancel")} <kbd>Esc</kbd>
      </button>
    </form>
  );
}
