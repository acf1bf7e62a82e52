// The words of the page, English and Traditional Chinese. A test holds the two lists to the same keys.

export const WORDS = {
  en: {
    title: "HKPost mail tracking",
    skip: "Skip to the content",
    today: "Today", stuck: "Stuck", expired: "Expired", not_found_list: "Not found", rejected: "Rejected",
    sections: "Sections",
    search: "Item number or order reference", find: "Find", other_language: "中文",
    results: "Search results", nothing_found: "No item has this number or order reference.", untracked: "Not tracked yet:",
    open_items: "Open items", due_now: "{count} due now", nothing_due: "nothing is due", due_then: "{count} were due {span} ago",
    as_of: "as of {when}", no_count: "not counted yet: the first run has not ended",
    closed_today: "Closed today", nothing_closed: "Nothing was closed today.",
    quota: "Quota", quota_left: "Requests left today", quota_used: "{used} of {quota} used", reserve: "{count} kept for track now",
    lasts: "at the pace of the last hour until {when}", lasts_day: "lasts the day at the pace of the last hour",
    idle: "nothing was sent in the last hour", exhausted: "the service says that today's quota is used up",
    forecast: "{items} due items must wait for tomorrow: they need {needed} requests, {left} are left",
    forecast_fits: "what is due needs {needed} requests",
    freshness: "Freshness", median_age: "median age of what is known of open items", oldest_due: "longest waiting: due for {span}",
    nothing_waits: "nothing is waiting", never_counted: "unknown until the first run has ended", uncounted: "no run has ended for {span}",
    unclassified: "Unclassified wordings", none_unclassified: "Every wording met so far has a meaning.",
    one_line_each: "Each is one line to add to wording.csv.",
    state: "State", items: "Items", share: "Share", reason: "Reason",
    runs: "Last runs", no_runs: "No run yet.", run: "Run", started: "Started", took: "Took", asked: "Requests", answered: "Items answered", trouble: "Last trouble",
    lead_time: "Lead time by destination", lead_time_note: "Days from posting until half of the items, and nine of ten, are delivered, by week of posting. Open items and returns are taken into account; what is not reached yet, or stands on too few items, is left out.",
    destination: "Destination", median: "Half", p90: "9 of 10", p50_days: "half, days", p90_days: "9 of 10, days", week: "Week", delivered: "Delivered", still_open: "Still open",
    funnel: "How far mail gets", funnel_note: "Items posted in the last {weeks} weeks, all lanes.", stage: "Stage", reached: "Reached",
    backlog: "Backlog", backlog_note: "Open items at the end of each day.", day: "Day", days: "Days",
    pace: "Requests a minute", pace_note: "The last {hours} hours against the ceiling of {ceiling} a minute.", minute: "Minute", requests: "Requests", ceiling: "Ceiling", account: "Account",
    as_table: "As a table", no_data: "Nothing to draw yet.",
    item: "Item", not_tracked: "{item} is not tracked.", timeline: "Timeline", no_events: "No event yet.",
    local_time: "local time", utc: "UTC", retracted: "no longer reported since {when}", first_seen: "first seen {when}",
    precision_zone: "exact", precision_country: "the country has several time zones: its principal one", precision_date: "only the date is known", precision_unknown: "no instant can be given",
    from_to: "From – to", milestone: "Milestone", posted: "Posted", posted_at: "Posted at", delivered_at: "Delivered", last_code: "Last answer",
    polls: "Times asked", last_polled: "Last asked", last_changed: "Last news", next_poll: "Asked next", order: "Order reference", registered: "Registered", closed: "Closed",
    never: "never: it is closed", due: "with the next run", is_loading: "after its archived answer is loaded", confirm: "once, to confirm the delivery",
    why_poll: "It waits for {share} of its silence, {least} at the least and {most} at the most.",
    states: "States", from: "From", to: "To", when: "When", cause: "Cause",
    item_requests: "Requests that asked about it", outcome: "Outcome", latency: "Latency", error: "Trouble",
    rejects: "What could not be used", track_now: "Ask now", track_now_title: "Copies {item} and opens hkpost_track_now: Trigger, and paste it into the form",
    check_digit: "The check digit is wrong: perhaps a typing error.",
    csv: "CSV", next_page: "Next page", first_page: "First page", empty_list: "Nothing here: good.",
    silent: "Silent, days", usual: "Usual, days", times: "Times the usual", lane_reports: "Lane reports", yes: "yes", no: "no", lane_items: "Delivered on the lane", last_event: "Last event",
    status: "Code", message: "Words", events: "Events", source: "Source", how_often: "How often", call: "Request",
    stuck_note: "Open items that have been silent for longer than their lane usually takes.",
    expired_note: "Items whose tracking period is over (1003).",
    not_found_note: "Items that the service has not known for too long (1001).",
    rejected_note: "What could not be used, with the reason. Nothing is dropped in silence.",
    loading: "Loading …", sign_in: "Please sign in to Airflow again.", failed: "That could not be read: {why}", retry: "Try again",
    ago: "{span} ago", minutes: "{count} min",
    lang_e: "English", lang_c: "繁體中文", lang_s: "简体中文",
  },
  zh: {
    title: "香港郵政郵件追蹤",
    skip: "跳至內容",
    today: "今日", stuck: "停滯", expired: "已過期", not_found_list: "查無紀錄", rejected: "未能使用",
    sections: "欄目",
    search: "郵件編號或訂單編號", find: "搜尋", other_language: "English",
    results: "搜尋結果", nothing_found: "沒有郵件使用此編號或訂單編號。", untracked: "未在追蹤：",
    open_items: "追蹤中郵件", due_now: "{count} 件待查詢", nothing_due: "沒有待查詢郵件", due_then: "{span}前有 {count} 件待查詢",
    as_of: "截至 {when}", no_count: "尚未統計：第一次執行仍未完成",
    closed_today: "今日結案", nothing_closed: "今日沒有郵件結案。",
    quota: "配額", quota_left: "今日剩餘查詢次數", quota_used: "已用 {used}，共 {quota}", reserve: "{count} 次留作即時查詢",
    lasts: "按過去一小時的速度可用至 {when}", lasts_day: "按過去一小時的速度足夠今日使用",
    idle: "過去一小時沒有查詢", exhausted: "服務回覆今日配額已用完",
    forecast: "{items} 件待查詢郵件須等到明日：需要 {needed} 次，只剩 {left} 次",
    forecast_fits: "待查詢郵件需要 {needed} 次查詢",
    freshness: "資料新鮮度", median_age: "追蹤中郵件資料的年齡中位數", oldest_due: "等候最久：已逾期 {span}",
    nothing_waits: "沒有郵件等候", never_counted: "第一次執行完成後才知道", uncounted: "已有{span}沒有執行完成",
    unclassified: "未分類字句", none_unclassified: "所有見過的字句均已分類。",
    one_line_each: "每句只須在 wording.csv 加一行。",
    state: "狀態", items: "件數", share: "比例", reason: "原因",
    runs: "最近執行", no_runs: "尚未執行。", run: "執行", started: "開始", took: "歷時", asked: "查詢次數", answered: "已回覆件數", trouble: "最近問題",
    lead_time: "各目的地派遞時間", lead_time_note: "由投寄至一半及九成郵件派遞的日數，按投寄週計；追蹤中及退回的郵件已計算在內，未達到或郵件太少的不顯示。",
    destination: "目的地", median: "一半", p90: "九成", p50_days: "一半（日）", p90_days: "九成（日）", week: "週", delivered: "已派遞", still_open: "追蹤中",
    funnel: "郵件去到哪一步", funnel_note: "過去 {weeks} 週投寄的郵件，所有路線。", stage: "階段", reached: "到達",
    backlog: "積存", backlog_note: "每日結束時追蹤中的郵件。", day: "日期", days: "日數",
    pace: "每分鐘查詢次數", pace_note: "過去 {hours} 小時，上限為每分鐘 {ceiling} 次。", minute: "分鐘", requests: "查詢次數", ceiling: "上限", account: "帳戶",
    as_table: "以表格顯示", no_data: "未有資料可繪圖。",
    item: "郵件", not_tracked: "{item} 不在追蹤之列。", timeline: "時間線", no_events: "未有事件。",
    local_time: "當地時間", utc: "UTC", retracted: "自 {when} 起不再回報", first_seen: "首次見於 {when}",
    precision_zone: "準確", precision_country: "該國有多個時區，以主要時區計", precision_date: "只知日期", precision_unknown: "未能確定時刻",
    from_to: "由 – 至", milestone: "進度", posted: "投寄", posted_at: "投寄地點", delivered_at: "派遞", last_code: "最近回覆",
    polls: "查詢次數", last_polled: "最近查詢", last_changed: "最近消息", next_poll: "下次查詢", order: "訂單編號", registered: "登記", closed: "結案",
    never: "不再查詢：已結案", due: "下次執行時", is_loading: "待已存檔的回覆載入後", confirm: "只查一次，以確認派遞",
    why_poll: "等候其沉寂時間的 {share}，不少於 {least}，不多於 {most}。",
    states: "狀態變化", from: "由", to: "至", when: "時間", cause: "起因",
    item_requests: "查詢過此郵件的請求", outcome: "結果", latency: "延遲", error: "問題",
    rejects: "未能使用的內容", track_now: "立即查詢", track_now_title: "複製 {item} 並開啟 hkpost_track_now：按 Trigger，貼上編號",
    check_digit: "檢查碼不符：可能輸入有誤。",
    csv: "CSV", next_page: "下一頁", first_page: "首頁", empty_list: "沒有項目。",
    silent: "沉寂（日）", usual: "通常（日）", times: "倍數", lane_reports: "路線有回報", yes: "有", no: "沒有", lane_items: "該路線已派遞", last_event: "最後事件",
    status: "代碼", message: "訊息", events: "事件", source: "來源", how_often: "次數", call: "請求",
    stuck_note: "沉寂時間超過該路線通常所需的追蹤中郵件。",
    expired_note: "查詢期已過的郵件（1003）。",
    not_found_note: "服務長期查無紀錄的郵件（1001）。",
    rejected_note: "未能使用的內容及原因；不會悄悄捨棄任何資料。",
    loading: "載入中……", sign_in: "請重新登入 Airflow。", failed: "未能讀取：{why}", retry: "重試",
    ago: "{span}前", minutes: "{count} 分鐘",
    lang_e: "English", lang_c: "繁體中文", lang_s: "简体中文",
  },
};

/** Why an item was closed, where that is no state's name. */
export const REASONS = {
  en: { malformed: "Malformed number", duplicate: "Duplicate" },
  zh: { malformed: "編號格式不符", duplicate: "重複" },
};

export const STAGES = {
  en: { posting: "Posting", origin: "Origin", transit: "Transit", destination: "Destination", customs: "Customs", delivery: "Delivery", final: "Final" },
  zh: { posting: "投寄", origin: "寄出地", transit: "運輸", destination: "目的地", customs: "海關", delivery: "派遞", final: "完結" },
};

const KEY = "hkpost-language";

/** "zh" or "en": what was chosen here, else the language of Airflow's UI, else the browser's. */
export function language() {
  const chosen = localStorage.getItem(KEY) ?? localStorage.getItem("i18nextLng") ?? navigator.language;
  return chosen.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export function choose(name) {
  localStorage.setItem(KEY, name);
}

export function word(key, values = {}) {
  const text = WORDS[language()][key];
  if (text === undefined) throw new Error(`no word ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const stageName = (stage) => STAGES[language()][stage] ?? stage;
