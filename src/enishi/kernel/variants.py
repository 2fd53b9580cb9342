"""Old and variant forms of characters, and the usual form under which a search compares them.

`TABLE_2`: pairs of appended table 2 of the Regulation for Enforcement of the Family Register Act (戸籍法施行規則 別表第二),
which lists the second forms that names may have, without those that Unicode Normalization Form KC folds by itself.
`FREQUENT`: other forms met in names: the forms in brackets of the table of common characters (常用漢字表, 康熙字典体), and
frequent surname forms that the Ministry of Justice's list (誤字俗字・正字一覧表) gives with their correct form. The full
reduction by the MJ character base comes with names/.
"""

from __future__ import annotations

TABLE_2 = (
    "亞亜 惡悪 爲為 榮栄 衞衛 圓円 緣縁 薗園 應応 櫻桜 奧奥 橫横 溫温 價価 壞壊 懷懐 樂楽 渴渇 卷巻 陷陥 寬寛 氣気 僞偽 "
    "戲戯 虛虚 峽峡 狹狭 曉暁 駈駆 勳勲 薰薫 惠恵 揭掲 鷄鶏 藝芸 擊撃 縣県 儉倹 劍剣 險険 圈圏 檢検 顯顕 驗験 嚴厳 廣広 恆恒 "
    "黃黄 國国 黑黒 碎砕 雜雑 兒児 濕湿 實実 壽寿 收収 從従 澁渋 獸獣 縱縦 緖緒 敍叙 將将 涉渉 燒焼 奬奨 條条 狀状 乘乗 淨浄 "
    "剩剰 疊畳 孃嬢 讓譲 釀醸 眞真 寢寝 愼慎 盡尽 粹粋 醉酔 穗穂 瀨瀬 齊斉 靜静 攝摂 專専 戰戦 纖繊 禪禅 壯壮 爭争 莊荘 搜捜 "
    "巢巣 曾曽 裝装 瘦痩 騷騒 增増 藏蔵 臟臓 卽即 帶帯 滯滞 瀧滝 單単 團団 彈弾 晝昼 鑄鋳 廳庁 徵徴 聽聴 鎭鎮 轉転 傳伝 嶋島 "
    "燈灯 盜盗 稻稲 德徳 拜拝 盃杯 賣売 髮髪 拔抜 晚晩 祕秘 冨富 拂払 佛仏 步歩 峯峰 飜翻 每毎 萬万 默黙 埜野 彌弥 藥薬 與与 "
    "搖揺 樣様 謠謡 來来 賴頼 覽覧 龍竜 凉涼 綠緑 淚涙 壘塁 禮礼 曆暦 歷歴 鍊錬 郞郎 錄録 "
    "亙亘 凛凜 堯尭 巖巌 晄晃 檜桧 槇槙 禰祢 禱祷 祿禄 穰穣 萠萌 遙遥"
)
FREQUENT = (
    "邊辺 邉辺 髙高 﨑崎 嵜崎 𠮷吉 濱浜 濵浜 澤沢 齋斎 嶌島 嶽岳 槗橋 栁柳 桺柳 桒桑 曻昇 舘館 渕淵 渊淵 鷗鴎 鹽塩 鐵鉄 關関 "
    "學学 當当 龜亀 豐豊 邨村 冝宜 靏鶴 靍鶴 舩船 杦杉 冲沖 礒磯 籔藪 薮藪 舊旧 圀国 假仮 區区 經経 續続 繩縄 "
    "聲声 總総 體体 臺台 擇択 寳宝 寶宝"
)

REDUCED = {pair[0]: pair[1] for pair in f"{TABLE_2} {FREQUENT}".split()}
"""Each variant with the form under which it is compared."""
