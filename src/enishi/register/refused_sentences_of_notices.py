"""The Japanese of what notices, mergers, addressees, statistics and moves announced online refuse (`refused_sentences`)."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    # where, of the later acts
    "addresses": "町名・地番の一覧",
    "addressee": "宛名番号",
    "addressee {addressee}": "宛名番号{addressee}",
    "alias": "通称",
    "former surname": "旧氏",
    "household left behind": "転出前の世帯",
    "move": "異動",
    "move in": "転入",
    "names": "氏名",
    "new household": "新しい世帯",
    "notice": "通知",
    "period": "期間",
    "period of stay": "在留期間",
    "predecessor": "合併前の市区町村",
    "residence status": "在留資格",
    "successor": "合併後の市区町村",
    "who files": "届出人",
    # renumbering and mergers
    "enter it on the day from which it holds": "効力が生じる日になってから入力してください。",
    "no address is renumbered": "変更する住所がありません。",
    "enter the list of addresses": "町名・地番の一覧を入力してください。",
    "{address} stands twice in the list": "一覧に「{address}」が2回あります。",
    "name each address once, either block by block or the town as a whole": (
        "番地ごとか町全体かのどちらかで、1回だけ入力してください。"
    ),
    "{address} stands in the list as a whole and block by block": (
        "一覧に「{address}」が、町全体でも番地ごとでも入っています。"
    ),
    "choose one": "どちらか一方にしてください。",
    "nobody lives at any of these addresses": "一覧の住所には、だれも住んでいません。",
    "compare the towns and blocks with the record; the same list may have been entered before": (
        "町名・地番を住民票と見比べてください。同じ一覧を入力済みかもしれません。"
    ),
    "close the record on the day itself": "合併の当日に閉鎖してください。",
    "{municipality} is no other municipality": "「{municipality}」は、ほかの市区町村ではありません。",
    "enter the six digits of the municipality that goes on with the record": (
        "住民票を引き継ぐ市区町村の6桁のコードを入力してください。"
    ),
    "{municipality} is not in force": "{municipality}は、現在ある市区町村ではありません。",
    "enter the new municipality first": "新しい市区町村を先に登録してください。",
    "by the official list {municipality} became {successor} on {day}": (
        "全国地方公共団体コードの一覧では、{municipality}は{day}に{successor}になりました。"
    ),
    "compare successor and day with the official list of codes": (
        "引き継ぐ市区町村と日付を、コードの一覧で確かめてください。"
    ),
    "{number} persons are residents of both municipalities": (
        "{number}人が、両方の市区町村の住民になっています。"
    ),
    "correct one of their records first: nobody is a resident twice": (
        "先に一方の住民票を修正してください。2つの市区町村の住民になることはできません。"
    ),
    "{municipality} closed on {day} for {successor}": (
        "{municipality}は、{day}に{successor}へ引き継いで閉鎖されています。"
    ),
    "file the opening in that municipality, from that day": (
        "その市区町村で、その日からの引継ぎを入力してください。"
    ),
    "nobody is on this register any more": "この住民基本台帳には、もうだれもいません。",
    "look at its acts: it may have closed already": (
        "異動の記録を見てください。すでに閉鎖されているかもしれません。"
    ),
    "the municipality has been {municipality} since": "この市区町村は、その後{municipality}になっています。",
    "report it there": "そちらで届け出てください。",
    # notices: nationality, stay, alias, former surname, status items
    "look at the record: it may have been ended before": (
        "住民票を見てください。すでに終了しているかもしれません。"
    ),
    "the person is no foreign resident": "この人は外国人住民ではありません。",
    "search the person again; nationality is changed by its own act": (
        "もう一度検索してください。国籍の変更には、別の異動事由があります。"
    ),
    "the notice names no status of residence": "通知に在留資格がありません。",
    "only a child, for 60 days from birth, and who lost Japanese nationality have none; whose stay ended is erased": (
        "在留資格がないのは、出生から60日以内の子と日本国籍を失った人だけです。在留期間が終わった人は職権消除にします。"
    ),
    "the period of stay would have ended on {day}": "在留期間が{day}に終わっていることになります。",
    "check the last day of the period": "在留期間の満了日を確かめてください。",
    "the person is a foreign resident already": "この人はすでに外国人住民です。",
    "the person is Japanese already": "この人はすでに日本人です。",
    "look at the record: the notice may have been entered before": (
        "住民票を見てください。通知を入力済みかもしれません。"
    ),
    "a foreign resident has no former surname on the record": "外国人住民の住民票に、旧氏は記載されません。",
    "an alias may be what is meant": "通称のことかもしれません。",
    "a foreign resident is not on the electoral roll": "外国人住民は、選挙人名簿に登録されません。",
    "ask the election administration; nothing was changed": (
        "選挙管理委員会に確かめてください。何も変更していません。"
    ),
    "the newcomer has no status of residence": "転入者に在留資格がありません。",
    "enter nationality and status as the residence card shows them (art. 30-47)": (
        "国籍・在留資格を、在留カードのとおりに入力してください（第30条の47）。"
    ),
    "this is no alias": "これは通称ではありません。",
    "enter the alias as one whole name": "通称は、全体を1つの名前として入力してください。",
    "this is no former surname": "これは旧氏ではありません。",
    "enter the surname alone": "氏だけを入力してください。",
    "a former surname is entered with its reading in kana": "旧氏には、ふりがなが必要です。",
    "enter the reading as the family register has it": "戸籍のとおりのふりがなを入力してください。",
    "this is the surname that the person bears now": "これは現在の氏です。",
    "enter one that the family register shows as borne before": (
        "戸籍に以前の氏として載っているものを入力してください。"
    ),
    "the surname has not changed since a former surname was entered or deleted": (
        "旧氏を記載または削除した後に、氏が変わっていません。"
    ),
    "it may be deleted; another is entered only after a later change of the surname": (
        "削除はできます。別の旧氏を記載できるのは、その後に氏が変わったときだけです。"
    ),
    "this is not the surname borne directly before the latest change": (
        "これは、直前に称していた氏ではありません。"
    ),
    "enter that one, or keep the one that stands": (
        "直前に称していた氏を入力するか、今の旧氏のままにしてください。"
    ),
    "the notice names a kind of name twice, or one that no residence card shows": (
        "通知に、同じ種類の氏名が2回あるか、在留カードに載らない氏名があります。"
    ),
    "enter the name in Latin letters and the one in kanji, each once; an alias is asked for by the resident": (
        "ローマ字氏名と漢字氏名を1回ずつ入力してください。通称は、本人の申出によります。"
    ),
    "this act changes no nationality": "この異動事由は、国籍を変更するものではありません。",
    "choose naturalisation or another": "帰化、国籍取得、国籍喪失のいずれかを選んでください。",
    "who becomes Japanese has a registered domicile and no status of residence": (
        "日本人になる人には、本籍があり、在留資格はありません。"
    ),
    "enter it with the first-listed person as the family register has it": (
        "戸籍のとおりに、本籍と筆頭者を入力してください。"
    ),
    "who becomes Japanese has one name, the registered one": "日本人になる人の氏名は、戸籍上の氏名1つです。",
    "enter surname and given name with their readings; a former surname is asked for later": (
        "氏と名をふりがなとともに入力してください。旧氏は、後で本人の申出により記載します。"
    ),
    "who is no longer Japanese has a nationality and no registered domicile": (
        "日本人でなくなる人には、国籍があり、本籍はありません。"
    ),
    "enter the nationality, and the status of residence where there is one already": (
        "国籍を、在留資格がすでにあるときは在留資格も、入力してください。"
    ),
    "a foreign resident is named in Latin letters or kanji, as the passport has it": (
        "外国人住民の氏名は、旅券のとおりローマ字か漢字です。"
    ),
    "enter each of the two once at most": "それぞれ1回までで入力してください。",
    "a person stands twice in the notice": "通知に同じ人が2回あります。",
    "the notice changes no {matter}": "この通知では、「{matter}」について変わるところがありません。",
    "a foreign resident has no registered domicile": "外国人住民に本籍はありません。",
    "nationality is changed by its own act (naturalisation)": (
        "国籍の変更には、別の異動事由（帰化）があります。"
    ),
    "the family register knows no {kind} name": "戸籍に、この種類の氏名（{kind}）はありません。",
    "former surnames and aliases are asked for by the resident, by their own acts": (
        "旧氏と通称は、本人の申出による別の異動事由で記載します。"
    ),
    "a working reading does not come from the family register": (
        "事務処理用のふりがなは、戸籍によるものではありません。"
    ),
    "enter whether the reading was filed or entered ex officio": (
        "ふりがなが、届出によるか職権によるかを入力してください。"
    ),
    "look at the record: the same may have been reported before; nothing was changed": (
        "住民票を見てください。同じ届出が済んでいるかもしれません。何も変更していません。"
    ),
    "the record says so already": "住民票は、すでにそのとおりです。",
    "search the person again": "もう一度検索してください。",
    "a resident would have no {group} on {day}": "{day}に、{group}のない住民ができます。",
    # numbers and addressees
    "the person has none that could be changed": "変更する番号がありません。",
    "have one issued first": "先に番号の付番を受けてください。",
    "these are one number": "2つとも同じ番号です。",
    "choose the two that stand for one person": "同じ人の2つの番号を選んでください。",
    "name or reading is blank": "氏名かふりがながありません。",
    "enter both: two numbers of one person are found by the reading": (
        "両方を入力してください。同じ人の番号は、ふりがなで見つけます。"
    ),
    "who lives here is on the register: report a move in": (
        "ここに住む人は、住民基本台帳に記載します。転入を届け出てください。"
    ),
    "check it": "確かめてください。",
    "{number} stands for nobody here": "{number}は、ここではだれの番号でもありません。",
    "search again: it may have been merged into another": (
        "もう一度検索してください。別の番号に統合されたかもしれません。"
    ),
    "{number} is no non-resident addressee on {day}": "{number}は、{day}に住登外者ではありません。",
    "who is on the register has its acts; look at the number again": (
        "住民には住民票の異動があります。番号を確かめてください。"
    ),
    "the same may have been entered before; nothing was changed": (
        "同じ内容を入力済みかもしれません。何も変更していません。"
    ),
    "these are two persons of the register": "2つとも住民基本台帳に記載された人です。",
    "whoever was entered twice is struck from the record first": (
        "二重に記載された人は、先に住民票を消除してください。"
    ),
    # statistics
    "the period ends on {day}, and today is {day_today}": "期間の終わりは{day}です。今日は{day_today}です。",
    "ask again when it has ended": "期間が終わってから集計してください。",
    "{text} is no month or year": "「{text}」は、年でも月でもありません。",
    "write it as 2020-04 or 2019": "2020-04や2019のように入力してください。",
    # moves announced online
    "a move on {day} can be announced online from {day_first} on": (
        "{day}の引越しをオンラインで届け出られるのは、{day_first}からです。"
    ),
    "come back on that day, or report at the counter": "その日以後に届け出るか、窓口で届け出てください。",
    "an agent files at the counter": "代理人は、窓口で届け出ます。",
    "bring the written mandate to the office": "委任状を窓口にお持ちください。",
    "whoever files for themselves is one of the movers": "本人として届け出る人は、異動者の1人です。",
    "say in which capacity you file, or add yourself to the movers": (
        "どの立場で届け出るかを選ぶか、異動者に自分を加えてください。"
    ),
    "nobody below {number} files alone": "{number}歳未満の人は、1人で届け出ることができません。",
    "let the legal representative file": "法定代理人が届け出てください。",
    "children move alone: only their legal representative can report it": (
        "子だけの異動は、法定代理人だけが届け出ることができます。"
    ),
    "let the legal representative file, and record on what this rests": (
        "法定代理人が届け出て、その資格を証明するものを記録してください。"
    ),
    "the new households do not name each mover once": "新しい世帯に、異動者が1回ずつ入っていません。",
    "say for everybody who moves how they are related to the head": (
        "異動する人全員について、世帯主との続柄を入力してください。"
    ),
    "the new household has {number} heads": "新しい世帯に、世帯主が{number}人います。",
    "name one head among those who move, or join an existing household": (
        "異動する人から世帯主を1人選ぶか、今ある世帯に入ってください。"
    ),
    "the head moves away and the filing names no new head for those who stay": (
        "世帯主が転出しますが、残る人の新しい世帯主がありません。"
    ),
    "name the new head (世帯主変更) among those who stay, in the same filing": (
        "残る人から新しい世帯主を選び、同じ届出に入れてください（世帯主変更）。"
    ),
    "only children below {number} would stay behind": "{number}歳未満の子だけが残ることになります。",
    "say who takes them in: they move too, or into another household first (世帯変更)": (
        "だれが引き取るかを届け出てください。一緒に異動するか、先に別の世帯に入ります（世帯変更）。"
    ),
    "the new head is below {number}": "新しい世帯主が{number}歳未満です。",
    "name somebody older who stays": "残る人のうち、年齢が上の人を選んでください。",
    "the move is {state}: it cannot be {what} now": (
        "この異動は、いまの段階ではその処理をすることができません。"
    ),
    "look at the move's steps; it goes on from where it stands": (
        "異動の経過を見て、今の段階から進めてください。"
    ),
    "not proved yet: {evidence}": "まだ確かめていない事項があります。",
    "check it and enter the evidence first": "先に確かめて、確認した資料を入力してください。",
    "something is open: {conflict}": "まだ決まっていない事項があります。",
    "decide it first, then accept": "先にそれを決めてから、受理してください。",
    "{part} would hold from {day} on while the person is no resident": (
        "{part}が{day}から、住民でない間も続くことになります。"
    ),
    "correct the days of the residence first, or choose a day within it": (
        "先に住民であった期間を職権修正するか、その期間内の日を選んでください。"
    ),
    "a nation is being loaded into this register, which takes no acts until that has ended": (
        "この住民登録には全国の記録を読み込んでいます。終わるまで異動は処理できません。"
    ),
    "file it again when the loading has ended; where it broke off, start it again first": (
        "読み込みが終わってから、もう一度処理してください。途中で止まっている場合は、先に読み込みを再開してください。"
    ),
    "register": "住民登録",
    "the record would say two things of one day": "同じ日について、住民票の記載が二つになります。",
    "record": "住民票",
    "look at the record: another act concerns these days already; correct or take back that one first": (
        "住民票を確かめてください。この期間には別の異動があります。先にその異動を職権修正するか、取り消してください。"
    ),
}
"""English with holes -> Japanese with the same holes."""
