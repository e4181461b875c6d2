// Marks what changed in a text, word by word: inserted underlined, deleted struck, replaced both. Texts are untrusted,
// so they are set as textContent and nothing else.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".corpus-lab-changes");
  const mark = (name, text) => {
    const node = document.createElement(name);
    node.textContent = text;
    return node;
  };
  root.replaceChildren(
    ...data.rows.map((row) => {
      const line = document.createElement("p");
      line.dir = "auto";
      if (row.reason) line.classList.add("dropped");
      for (const [kind, before, after] of row.changes) {
        if (kind === "same") line.append(before);
        if (kind === "deleted" || kind === "replaced") line.append(mark("del", before));
        if (kind === "inserted" || kind === "replaced") line.append(mark("ins", after));
      }
      if (row.reason) line.append(mark("small", row.reason));
      return line;
    }),
  );
}
