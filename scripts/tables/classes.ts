// The class that an autonomous system's name tells. The first class that matches counts. Brand names are listed for names that say
// nothing of the trade. Names are what registries hold: no list of addresses is needed, and none is kept.

/** An access provider that has this many IPv4 addresses or more is taken to serve homes. */
export const CONSUMER_ADDRESSES = 16_384;

/**
 * Numbers that a name cannot tell: operators of Tor exits and of VPN back-ends under a company's name, and networks that
 * a relay's operator has published as its egress.
 */
const NUMBERS: Record<string, readonly number[]> = {
  // Quintex Alliance, Stiftung Erneuerbare Freiheit, Emerald Onion, F3 Netze, Foundation for Applied Privacy, Digitalcourage,
  // Artikel10, CIA Triad Security, Nubo, prgmr/Calyx
  tor: [62744, 60729, 396507, 205100, 208323, 197422, 210558, 401401, 42473, 4224],
  // 31173 Services (Mullvad), Tefincom and Packethub (NordVPN), Datacamp's and M247's VPN estates, Performive, Tzulo, Proton,
  // Private Layer, IVPN, Windscribe
  vpn: [
    39351, 136787, 207137, 147049, 212238, 9009, 46562, 11878, 62371, 209103, 51852, 216025, 397282, 203619, 208765,
    62635,
  ],
  // iCloud Private Relay leaves through these; the names are Apple's partners'. Cloudflare's own also carries WARP.
  relay: [36183, 13335, 54113, 209242],
};

/**
 * Operators that hide where their users are, and those that filter for a company. They are matched first, because they rent from
 * hosters.
 */
const OPERATORS = {
  tor: /\b(tor exit|torservers|tor project|emerald onion|zwiebelfreunde|artikel10)\b/i,
  relay: /\b(private relay)\b/i,
  vpn: /\b(nordvpn|expressvpn|mullvad|protonvpn|proton ag|surfshark|cyberghost|windscribe|private internet access|ivpn|tunnelbear|hide\.?me|purevpn|torguard|strongvpn|airvpn|packethub|tefincom|vpn (ab|ltd|limited|inc|llc)|unlimited vpn)\b/i,
  corporate:
    /\b(zscaler|netskope|palo alto networks|forcepoint|blue coat|symantec|iboss|menlo security|cato networks|cisco (opendns|umbrella)|opendns|mcafee|skyhigh security|barracuda networks|fortinet)\b/i,
};

/** Words for the trade of letting servers. Compounds count: HostPapa, EGIHosting, UpCloud, PlusServer. */
const HOSTING_WORD =
  /(?<!g)host(?!els?\b|ess|ile|age)|(?<!ob)server|cloud|\bvps|vps\b|datac?ent(?:er|re)|data[ -]?cent(?:er|re)s?\b|rechenzentrum|\bcolo(?:cation|crossing|s)?\b|dedicated|dedicado|bare ?metal|hosteur|h[ée]bergement|hospedagem|alojamiento|\brack/i;

/** Hosters whose name says nothing of the trade. A brand may sell access as well: a word for access beats it. */
const HOSTING_BRAND =
  /\b(datacamp|hetzner|ovh|digitalocean|linode|vultr|choopa|constant company|leaseweb|contabo|scaleway|online s\.?a\.?s|amazon|aws|google|microsoft|oracle|alibaba|tencent|godaddy|namecheap|ionos|1&1|aruba s\.?p\.?a|quadranet|psychz|nforce|worldstream|buyvm|frantech|hivelocity|ramnode|kamatera|g-core|gcore|fastly|akamai|limelight|edgecast|bunny|bunnyway|stackpath|cdn77|zenlayer|m247|sharktech|ispsystem|selectel|timeweb|beget|reg\.ru|yandex|huawei|internap|equinix|i3d|gigenet|nexeon|clouvider|iomart|strato|netcup|virtono|ipxo|3xk tech|stark industries|aeza|flokinet|1337 services|privex|njalla|voxility|softlayer|unified layer|liquid web|peer ?1|singlehop|steadfast|webair|nocix|wholesale internet|datashack|joe's data|hostkey|combahton|myloc|keyweb|velia|accelerated it|layer7|gmo internet|sakura internet|kagoya|naver business|kt cloud|baidu|kingsoft|ucloud|qingcloud|squarespace|shopify|automattic|wpengine|salesforce|ibm|rackspace|webhost)\b/i;

/** A word that only a seller of access has in its name. It beats every word for hosting. */
const ACCESS_WORD =
  /(?<!sub)tele ?(?:com|kom|fon|phon|graph)|\btelco|\bt[ée]l[ée]com|broadband|banda (?:ancha|larga)|\bcable|cablevision|\bfib(?:er|re|ra)|fib(?:er|re|ra)\b|glasfaser|\bdsl\b|\bisp\b|internet service|wireless|\bwi-?fi\b|\bwisp\b|mobile|\bmobil\b|cellular|celular|\bgsm\b|\blte\b|\b[45]g\b/i;
/** Words that hosters use of themselves as well. They beat a brand, but no word for hosting. */
const ACCESS_HINT = /\binternet\b|communicat|comunica|kommunikat/i;

/** Networks of access whose name says nothing of the trade. */
const ACCESS_BRAND =
  /\b(comcast|charter|cox|verizon|at&t|centurylink|lumen|frontier|spectrum|altice|optimum|windstream|rogers|bell canada|shaw|telus|videotron|bt|sky uk|virgin media|talktalk|plusnet|free sas|bouygues|sfr|proxad|1und1|versatel|1&1 versatel|telenet|proximus|kpn|ziggo|liberty global|swisscom|sunrise|a1|magenta|telia|telenor|tele2|elisa|dna oyj|fastweb|tim|wind tre|euskaltel|masmovil|nos|meo|netia|upc|o2|rcs|digi|ote|cosmote|wind hellas|rostelecom|er-telecom|chinanet|china unicom|ntt|ocn|kddi|biglobe|so-net|lg powercomm|sk broadband|hinet|chunghwa|pldt|globe|viettel|vnpt|fpt|telstra|optus|tpg|spark|vocus|bharti|bsnl|hathway|etisalat|stc|du|superonline|bezeq|hot-net|partner|cellcom|vivo|oi|net virtua|claro|tigo|entel|vtr|telmex|izzi|megacable|totalplay|arcor|bunny communications)\b/i;
const MOBILE_NAME =
  /\b(mobile|mobil|mobility|wireless|cellular|celular|cellco|gsm|umts|lte|4g|5g|m[oó]viles|vodafone|t-mobile|tmobile|verizon wireless|orange|telcel|claro|movistar|airtel|jio|reliance jio|mtn|safaricom|vodacom|docomo|softbank|kddi|sk telecom|kyivstar|mts pjsc|megafon|beeline|vimpelcom|turkcell|etisalat|zain|ooredoo|digicel|sprint|cricket|metropcs|smartone|globe telecom|smart communications|dtac|ais|true move|telkomsel|indosat|xl axiata|celcom|maxis|dialog axiata|robi|grameenphone|banglalink|e-plus|telefonica germany|three|hutchison|play|p4|swisscom mobile)\b/i;

/** Carriers' carriers: offices, access providers and hosters are their customers, so their name says nothing. */
const TRANSIT =
  /\b(cogent communications|hurricane electric|gtt communications|arelion|zayo bandwidth|level 3|ntt america|tata communications \(america\))(?!\w)/i;

/** Every class, for the head of the table. */
export const CLASSES = [...Object.keys(OPERATORS), "hosting", "mobile", "residential"];

function isHosting(name: string) {
  if (ACCESS_WORD.test(name) || ACCESS_BRAND.test(name)) return false;
  return HOSTING_WORD.test(name) || (HOSTING_BRAND.test(name) && !ACCESS_HINT.test(name));
}

/**
 * The class of an autonomous system; null if it has none. Access beats hosting, because whoever is taken for a hoster's customer by
 * mistake is a person.
 * @param addresses IPv4 addresses announced.
 */
export function classOf(asn: number, name: string, addresses: number) {
  for (const [kind, numbers] of Object.entries(NUMBERS)) if (numbers.includes(asn)) return kind;
  for (const [kind, names] of Object.entries(OPERATORS)) if (names.test(name)) return kind;
  if (TRANSIT.test(name)) return null;
  if (isHosting(name)) return "hosting";
  if (MOBILE_NAME.test(name)) return "mobile";
  const isAccess = ACCESS_WORD.test(name) || ACCESS_BRAND.test(name) || ACCESS_HINT.test(name);
  return isAccess && addresses >= CONSUMER_ADDRESSES ? "residential" : null;
}
