// Sources that others have put into classes, compared with the channels that this project gives their visits. The tables of
// src/core/sources are not made from these lists.
import { loadSource } from "../lib/source.ts";

const { sourceOf }: typeof import("../../src/core/sources/source.ts") = await loadSource("src/core/sources/source.ts");

interface SourceList {
  name: string;
  /** Whose list it is, and when it was read. */
  source: string;
  /** The channel that a visit from each of them should get. */
  channel: string;
  /** Hosts, as referrers; names without a dot, as `utm_source`. */
  sources: string;
}

const GOOGLE =
  "about every fifth of GA4's source categories (support.google.com/analytics/answer/9756891), read 2026-11-30";
const MATOMO = "AIAssistants.yml of matomo-org/searchengine-and-social-list (CC0), read 2026-11-30";

export const LISTS: SourceList[] = [
  {
    name: "search",
    source: GOOGLE,
    channel: "organic_search",
    sources: `360.cn ask au.search.yahoo.com biglobe.co.jp centrum.cz cn.bing.com comcast daum de.search.yahoo.com dogpile.com
      duckduckgo ecosia.org eniro go.mail.ru google in.search.yahoo.com lens.google.com lite.qwant.com m.baidu.com m.sogou.com
      mail.rambler.ru msn naver.com news.google.com onet.pl play.google.com qwant.com rakuten.co.jp rambler.ru search.aol.co.uk
      seznam.cz sogou.com startsiden.no terra tut.by uk.search.yahoo.com virgilio wap.sogou.com yahoo.co.jp yandex.com.tr
      zen.yandex.ru`,
  },
  {
    name: "social",
    source: GOOGLE,
    channel: "organic_social",
    sources: `academia.edu airg.ca allrecipes.com apps.facebook.com b.hatena.ne.jp bebo.com blackplanet blog.naver.com blogger.com
      blogspot business.facebook.com cafe.naver.com care2.com classmates.com cz.pinterest.com deviantart.com diigo.com disqus.com
      douban.com facebook.com fb.me flickr.com forums.crackberry.com foursquare.com gaiaonline.com getpocket.com glassdoor.com
      goodreads.com groups.google.com habbo.com hatena hootsuite.com ig instagram.com kakao.com l.instagram.com linkedin.com
      livejournal.com lnkd.in m.facebook.com medium.com meetup.com messenger.com mixi.jp myspace.com news.ycombinator.com
      nicovideo.jp odnoklassniki.ru out.reddit.com paper.li pinterest.co.uk plurk.com quora.com reddit.com renren.com scribd.com
      skyrock.com slideshare.net snapchat.com stackexchange.com t.co t.me tagged.com tiktok.com tinyurl.com tripadvisor.com
      tumblr.com twitter.com typepad.com vk.com wattpad.com web.skype.com wechat.com weibo.com whatsapp.com wikihow.com
      wordpress.com xing.com yelp.com zalo`,
  },
  {
    name: "video",
    source: `${GOOGLE}; there is no channel for video here, and its networks are social ones`,
    channel: "organic_social",
    sources:
      "crackle.com hulu.com iqiyi.com m.youtube.com netflix.com ted.com twitch.tv vimeo.com youku.com youtube.com",
  },
  {
    name: "shopping",
    source: `${GOOGLE}; there is no channel for shops here, and they refer`,
    channel: "referral",
    sources: "checkout.stripe.com ebay.de etsy.com shopify.com stripe.com walmart.com",
  },
  {
    name: "AI assistants",
    source: MATOMO,
    channel: "ai_assistant",
    sources: `yiyan.baidu.com ai.baidu.com chatplus.com chat-gpt.org chatgpt.com chat.openai.com labs.openai.com claude.ai
      copilot.microsoft.com chatglm.cn chat.deepseek.com gemini.google.com bard.google.com grok.com iask.ai app.jasper.ai
      chat.mistral.ai meta.ai notebooklm.google.com perplexity.ai chat.qwen.ai you.com`,
  },
];

function channelOf(source: string) {
  const isHost = source.includes(".");
  const page = isHost ? "https://site.example/" : `https://site.example/?utm_source=${source}`;
  return sourceOf(page, isHost ? `https://${source}/` : null).channel;
}

/** For each list: how many sources it has, how many of them get its channel, and what the others get. */
export const channels = LISTS.map(({ name, source, channel, sources }) => {
  const all = sources.split(/\s+/);
  const others = all.flatMap((one) => (channelOf(one) === channel ? [] : [`${one} (${channelOf(one)})`]));
  return { name, source, channel, count: all.length, right: all.length - others.length, others };
});
