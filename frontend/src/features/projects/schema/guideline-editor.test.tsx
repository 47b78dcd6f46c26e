import { fireEvent, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import { show } from "../../../shared/testing/render";
import { GuidelineEditor } from "./guideline-editor";

function Editor({ upload }: { upload?: (file: File) => Promise<string> }) {
  const [text, setText] = useState("Draw a box.");
  return <GuidelineEditor value={text} onChange={setText} {...(upload && { upload })} />;
}

const picture = new File(["x"], "good example.png", { type: "image/png" });
const field = () => screen.getByRole("textbox", { name: "Guidelines (Markdown)" });

describe("pictures in guidelines", () => {
  it("are uploaded and shown by their address when pasted", async () => {
    await show(<Editor upload={async (file) => `/pictures/${file.size}`} />);
    fireEvent.paste(field(), { clipboardData: { files: [picture] } });
    await waitFor(() => expect(field()).toHaveValue("Draw a box.\n\n![good example](/pictures/1)\n"));
    expect(await screen.findByRole("img", { name: "good example" })).toHaveAttribute("src", "/pictures/1");
  });

  it("leave the text as it was when the server refuses one, and say why", async () => {
    await show(<Editor upload={() => Promise.reject(new Error("Larger than 8 MiB."))} />);
    fireEvent.drop(field(), { dataTransfer: { files: [picture] } });
    expect(await screen.findByText("Larger than 8 MiB.")).toBeInTheDocument();
    expect(field()).toHaveValue("Draw a box.");
  });

  it("are promised for later where there is no project yet", async () => {
    await show(<Editor />);
    expect(screen.getByText("Pictures can be added after the project is created.")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Add pictures" })).not.toBeInTheDocument();
  });
});
