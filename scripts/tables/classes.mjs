// @ts-check
// Which class an autonomous system's name tells of. The first class that matches counts; brand names stand where a name
// says nothing of the trade. Names are what registries hold: no list of addresses is needed, and none is kept.

/** IPv4 addresses from which an access provider is taken to serve homes. */
export const CONSUMER_ADDRESSES = 16_384;

/**
 * Numbers that a name cannot tell: operators of Tor exits and of VPN back-ends under a company's name, and networks that
 * a relay's operator has published as its egress.
 * @type {Record<string, readonly number[]>}
 */
const NUMBERS = {
  // Quintex Alliance, Stiftung Erneuerbare Freiheit, Emerald Onion, F3 Netze, Foundation for Applied Privacy, Digitalcourage, Artikel10, CIA Triad Security, Nubo, prgmr/Calyx
  tor: [62744, 60729, 396507, 205100, 208323, 197422, 210558, 401401, 42473, 4224],
  // 31173 Services (Mullvad), Tefincom and Packethub (NordVPN), Datacamp's and M247's VPN estates, Performive, Tzulo, Proton, Private Layer, IVPN, Windscribe
  vpn: [
    39351, 136787, 207137, 147049, 212238, 9009, 46562, 11878, 62371, 209103, 51852, 216025, 397282, 203619, 208765,
    62635,
  ],
  // iCloud Private Relay leaves through these; the names are Apple's partners'. Cloudflare's own also carries WARP.
  relay: [36183, 13335, 54113, 209242],
};

/** @type {Record<string, RegExp>} */
export const CLASSES = {
  tor: /\b(tor exit|torservers|tor project|emerald onion|zwiebelfreunde|artikel10)\b/i,
  relay: /\b(private relay)\b/i,
  vpn: /\b(nordvpn|expressvpn|mullvad|protonvpn|proton ag|surfshark|cyberghost|windscribe|private internet access|ivpn|tunnelbear|hide\.?me|purevpn|torguard|strongvpn|airvpn|packethub|tefincom|vpn (ab|ltd|limited|inc|llc)|unlimited vpn)\b/i,
  corporate:
    /\b(zscaler|netskope|palo alto networks|forcepoint|blue coat|symantec|iboss|menlo security|cato networks|cisco (opendns|umbrella)|opendns|mcafee|skyhigh security|barracuda networks|fortinet)\b/i,
  hosting:
    /\b(hosting|host|hosted|hoster|cloud|clouds|vps|servers?|dedicated|colo|colocation|colocrossing|data ?cent(er|re)s?|datacamp|baremetal|bare metal|hetzner|ovh|digitalocean|linode|vultr|choopa|constant company|leaseweb|contabo|scaleway|online s\.?a\.?s|amazon|aws|google|microsoft|oracle|alibaba|tencent|rackspace|godaddy|hostinger|namecheap|ionos|1&1|aruba s\.?p\.?a|quadranet|psychz|nforce|worldstream|serverius|buyvm|frantech|interserver|hivelocity|ramnode|upcloud|kamatera|g-core|gcore|fastly|akamai|limelight|edgecast|bunny|stackpath|cdn77|zenlayer|cogent|m247|sharktech|hostwinds|dreamhost|ispsystem|selectel|timeweb|beget|reg\.ru|yandex|huawei|ucloud|internap|equinix|packet host|i3d|gigenet|nexeon|clouvider|iomart|fasthosts|strato|netcup|virtono|hostroyale|ipxo|3xk tech|stark industries|aeza|alexhost|flokinet|1337 services|privex|njalla|bahnhof ab hosting)\b/i,
  mobile:
    /\b(mobile|mobil|mobility|wireless|cellular|celular|cellco|gsm|umts|lte|4g|5g|m[oó]viles|vodafone|t-mobile|tmobile|verizon wireless|orange|telcel|claro|movistar|airtel|jio|reliance jio|mtn|safaricom|vodacom|docomo|softbank|kddi|sk telecom|kyivstar|mts pjsc|megafon|beeline|vimpelcom|turkcell|etisalat|zain|ooredoo|digicel|sprint|cricket|metropcs|smartone|globe telecom|smart communications|dtac|ais|true move|telkomsel|indosat|xl axiata|celcom|maxis|dialog axiata|robi|grameenphone|banglalink|e-plus|telefonica germany|three|hutchison|play|p4|swisscom mobile)\b/i,
  residential:
    /\b(telecom\w*|telekom\w*|telefon\w*|broadband|cable|cablevision|fib(er|re)|dsl|internet|isp|communications?|comcast|charter|cox|verizon|at&t|centurylink|lumen|frontier|spectrum|altice|optimum|windstream|rogers|bell canada|shaw|telus|videotron|bt|sky uk|virgin media|talktalk|plusnet|free sas|bouygues|sfr|proxad|deutsche|1und1|telenet|proximus|kpn|ziggo|liberty global|swisscom|sunrise|a1|magenta|telia|telenor|tele2|elisa|dna oyj|fastweb|tim|wind tre|telefonica|euskaltel|masmovil|nos|meo|vodafone|netia|upc|o2|rcs|digi|ote|cosmote|wind hellas|rostelecom|er-telecom|chinanet|china unicom|china mobile|chinatelecom|ntt|ocn|kddi|biglobe|so-net|korea telecom|lg powercomm|sk broadband|hinet|chunghwa|pldt|globe|viettel|vnpt|fpt|telstra|optus|tpg|spark|vocus|bharti|bsnl|act fibernet|hathway|etisalat|stc|du|turk telekom|superonline|bezeq|hot-net|partner|cellcom|vivo|oi|net virtua|claro|tigo|entel|vtr|telmex|izzi|megacable|totalplay|arcor)\b/i,
};

/** @param {number} asn @param {string} name @param {number} addresses  IPv4 addresses announced. */
export function classOf(asn, name, addresses) {
  for (const [kind, numbers] of Object.entries(NUMBERS)) if (numbers.includes(asn)) return kind;
  const found = Object.entries(CLASSES).find(([, pattern]) => pattern.test(name))?.[0] ?? null;
  return found === "residential" && addresses < CONSUMER_ADDRESSES ? null : found;
}
