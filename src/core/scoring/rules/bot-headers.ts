import type { Rule } from "../rule";
import { header, RFC } from "./found-in-headers";

/** Bot: what the request's headers show or leave out. */

const bot = { version: 1, score: "bot" } as const;

export const HEADER_RULES: readonly Rule[] = [
  {
    ...bot,
    id: "bot.hints_headless",
    points: 70,
    class: "convicting",
    watch: ["network"],
    needs: ["headers"],
    test: header("hints_headless", "Sec-CH-UA names a headless browser"),
    about: "Client hints name a headless browser that the user agent hides.",
    source: "User-Agent Client Hints (WICG)",
    example: 'Sec-CH-UA: "HeadlessChrome";v="140"',
  },
  {
    ...bot,
    id: "bot.hints_differ",
    points: 25,
    class: "convicting",
    watch: ["network"],
    needs: ["headers"],
    test: header("hints_differ", "Sec-CH-UA and User-Agent name different versions"),
    about: "Client hints and user agent name different versions of Chrome.",
    source: "User-Agent Client Hints (WICG)",
    example: "hints say 140, the user agent 120",
  },
  {
    ...bot,
    id: "bot.no_accept_language",
    points: 3,
    class: "supporting",
    watch: ["network"],
    needs: ["headers"],
    test: header("no_accept_language", "no Accept-Language"),
    about: "No Accept-Language, which every browser sends.",
    source: RFC,
    example: "most HTTP libraries",
  },
  {
    ...bot,
    id: "bot.no_sec_fetch",
    points: 2,
    class: "supporting",
    watch: ["network"],
    needs: ["headers"],
    test: header("no_sec_fetch", "a modern Chrome without Sec-Fetch-*"),
    about: "A Chrome of version 80 or newer on https sends no fetch metadata.",
    source: "Fetch Metadata Request Headers (W3C)",
    example: "a library with Chrome's user agent",
  },
  {
    ...bot,
    id: "bot.no_gzip",
    points: 2,
    class: "supporting",
    watch: ["network"],
    needs: ["headers"],
    test: header("no_gzip", "gzip is not accepted"),
    about: "The client does not accept gzip.",
    source: RFC,
    example: "a library's default request",
  },
];
