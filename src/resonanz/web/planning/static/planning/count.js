// Counts text as networks count it: the same rules as resonanz.kernel.text and TextLimit.used, compared by a test.

const SEGMENTER = new Intl.Segmenter("und", { granularity: "grapheme" });
const ENCODER = new TextEncoder();
// What Python calls white space and a word's character; JavaScript's own \s and \w mean something else.
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const WORD = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}";
const LINK = new RegExp(`https?://[^${SPACE}<>"]+[^${SPACE}<>".,;:!?)\\]}'»“”]`, "giu");
const REMOTE_MENTION = new RegExp(`(?<![${WORD}@/])(@[${WORD}.\\-]+)@[${WORD}.\\-]+[${WORD}]`, "gu");
const EDGES = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "gu");

/** The text as it would go out: the same as `text_of` on the server. */
export const outgoing = (text) => text.replaceAll("\r\n", "\n").replaceAll("\r", "\n").replace(EDGES, "");

export const graphemes = (text) => Array.from(SEGMENTER.segment(text), (piece) => piece.segment);

function measured(text, unit) {
  switch (unit) {
    case "graphemes": return graphemes(text).length;
    case "codepoints": return [...text].length;
    case "utf16": return text.length;
    case "bytes": return ENCODER.encode(text).length;
    default: throw new Error(`unknown unit ${unit}`);
  }
}

/** Units of `limit` ({unit, linkUnits, shortMentions, countsWarning}) that `text` and its content warning take. */
export function used(limit, text, warning = "") {
  let links = 0;
  let rest = text;
  if (limit.linkUnits !== null && limit.linkUnits !== undefined) {
    rest = rest.replace(LINK, () => { links += 1; return ""; });
  }
  if (limit.shortMentions) rest = rest.replace(REMOTE_MENTION, "$1");
  const ofWarning = limit.countsWarning ? measured(warning, limit.unit) : 0;
  return measured(rest, limit.unit) + links * (limit.linkUnits ?? 0) + ofWarning;
}

/** The limit that is nearest to being broken, with what is used of it: [limit, used]; null where nothing is limited. */
export function tightest(limits, text, warning = "") {
  const counted = limits.map((limit) => [limit, used(limit, text, warning)]);
  const over = counted.find(([limit, count]) => count > limit.maximum);
  return over ?? counted[0] ?? null;
}
