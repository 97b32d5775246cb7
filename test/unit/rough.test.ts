import { describe, expect, it } from "vitest";
import { rough } from "../../src/web/tracker/rough";

describe("what is left of a text before the file that knows secrets has come", () => {
  it.each([
    "https://shop.example/",
    "https://203.0.113.77:8443/shoes",
    "https://shop.example/blog/10-best-trainers-2024",
    "https://shop.example/asus-rog-g14-ga402xv-16gb",
    "https://shop.example/2024/10/05/%E6%97%A5",
    "https://shop.example/?utm_source=mail&gclid=EAIaIQobChMI1",
    "android-app://com.example.mail/",
  ])("is all of %s", (address) => {
    expect(rough(address)).toBe(address);
  });

  it.each([
    ["https://jane:pw@shop.example/a", "https://shop.example/a"],
    ["https://shop.example/a?token=abc&page=2#/reset/abc", "https://shop.example/a"],
    ["https://shop.example/?utm_source=mail&u=jane", "https://shop.example/?utm_source=mail"],
    ["https://shop.example/?utm_term=jane%40example.com", "https://shop.example/"],
    ["https://shop.example/reset/9f86d081884c7d659a2f/x", "https://shop.example/reset/:secret/x"],
    ["https://shop.example/u/jane@example.com", "https://shop.example/u/:secret"],
    ["https://shop.example/u/jane%40example.com", "https://shop.example/u/:secret"],
    ["https://shop.example/t/dQw4w9WgXcQ", "https://shop.example/t/:secret"],
    ["https://shop.example/card/4111-1111-1111-1111", "https://shop.example/card/:secret"],
  ])("of %s is %s", (address, left) => {
    expect(rough(address)).toBe(left);
  });

  it.each([
    ["boot-42", "sku", "boot-42"],
    ["hunter2", "password", ":secret"],
    ["hunter2", "passPhrase", ":secret"],
    ["jane@example.com", "note", ":secret"],
    ["Jane", "user_name", ":secret"],
    ["+49 170 1234567", "note", ":secret"],
    ["red shoes, size 42", "title", "red shoes, size 42"],
    ["step2completed", "event_type", "step2completed"],
    // What begins as an address and is none takes nothing with it.
    ["https://example.com is down", "text", "https://example.com is down"],
    ["http://[broken", "text", "http://[broken"],
    ["https://x.example:port/", "text", "https://x.example:port/"],
    ["https://a.example, https://b.example?token=1", "text", "https://a.example, https://b.example"],
  ])("of %s called %s is %s", (text, name, left) => {
    expect(rough(text, name)).toBe(left);
  });
});
