// The text in the Headers pane: what it starts with, and how a token comes into it.
import { applyEdits, modify } from "jsonc-parser";

export const hint = `{
  // What stands here is sent with the operation.
  // To act as a user, run SignIn and press "Use this
  // token"; or write it yourself:
  // "Authorization": "Bearer <accessToken>"
}`;

export function withToken(headers, token) {
  const formattingOptions = { insertSpaces: true, tabSize: 2 };
  return applyEdits(headers, modify(headers, ["Authorization"], `Bearer ${token}`, { formattingOptions }));
}
