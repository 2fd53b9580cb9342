"""Why a certificate is refused, in both languages: what is wrong and what to do."""

from __future__ import annotations

from enum import Enum

from enishi.kernel.errors import Refused
from enishi.kernel.language import ENGLISH, choose
from enishi.kernel.refusal import GROUND_EN, GROUND_JA, REVIEW_EN, REVIEW_JA


class Reason(Enum):
    """Each with the English and the Japanese of what is wrong and of what to do."""

    NO_GROUND = (GROUND_EN, REVIEW_EN, GROUND_JA, REVIEW_JA)
    NOT_THIS_WAY = (
        "this certificate is not issued by this way",
        "ask at the counter of the municipality that holds the record",
        "この証明書は、この方法では交付できません。",
        "住民票のある市区町村の窓口で請求してください。",
    )
    IDENTITY = (
        "the identity of whoever asks was not checked in the manner that this way needs",
        "check identity first: a card or document with a photograph, or two documents without; online the card's signature",
        "この方法に必要な本人確認がされていません。",
        "顔写真付きの書類一点か、その他の書類二点で確かめてください。オンラインでは電子署名が必要です。",
    )
    NO_PROOF = (
        "a representative shows that they may act",
        "ask for the mandate, or for the proof of legal representation, and enter what was shown",
        "代理人には代理権を示す書類が必要です。",
        "委任状か法定代理人であることの証明を受け、確かめた書類を入力してください。",
    )
    NO_PURPOSE = (
        "whoever asks for another person's record says for what it is needed",
        "enter the ground and, in detail, the purpose (arts 12-2, 12-3)",
        "本人等以外の方は、必要な理由を明らかにしなければなりません。",
        "請求の事由と利用の目的を具体的に入力してください（法12条の2、12条の3）。",
    )
    NEVER_OTHERS = (
        "the individual number and the resident code are printed for the person or the household only",
        "switch both off; nobody else may receive them on a certificate (arts 12-2, 12-3, 15-4)",
        "個人番号と住民票コードは、本人や同じ世帯の方からの請求でなければ記載できません。",
        "個人番号と住民票コードの記載を外してください（法12条の2、12条の3、15条の4）。",
    )
    NOT_ONLINE = (
        "the individual number and the resident code are not given online",
        "switch both off, or ask at the counter",
        "個人番号と住民票コードは、オンラインでは記載できません。",
        "記載を外すか、窓口で請求してください。",
    )
    OWN_SECRET_ONLY = (
        "number and resident code are printed elsewhere for the person who asks alone",
        "ask for oneself only, or switch both off; the municipality with the record prints them for the whole household",
        "広域交付では、個人番号と住民票コードは請求する本人の分だけ記載できます。",
        "本人だけの写しにするか、記載を外してください。世帯全員の分は住所地の窓口で請求できます。",
    )
    NOT_ANSWERED = (
        "the municipality that keeps the record has not answered this question, or on another day",
        "wait for its answer; an answer serves on its own day only: ask again on another (art. 12-4)",
        "住所地の市区町村からの通知がまだないか、当日の通知ではありません。",
        "通知を待ってください。通知は受けた日だけ使えます。別の日には、もう一度照会してください（法12条の4）。",
    )
    NO_LONGER_FETCHED = (
        "the days on which this certificate could be fetched are over",
        "ask for a new one; it then says what the record says on that day",
        "この証明書を受け取れる期間は過ぎました。",
        "新しく請求してください。その日の記載内容で交付します。",
    )
    DECIDED_ALREADY = (
        "this request is decided already",
        "look at the request; nothing was changed",
        "この請求は、すでに処理されています。",
        "請求の画面を確かめてください。何も変わっていません。",
    )
    NO_DECISION_WHY = (
        "a request is declined for a reason that the resident reads",
        "say in a sentence what is missing and what to do",
        "交付しない理由が入力されていません。",
        "請求した方が読む理由を、一文で入力してください。",
    )
    IS_VOID = (
        "this certificate is void",
        "it is not printed again; issue a new one where one is needed",
        "この証明書は無効です。",
        "再び印刷することはできません。必要なときは新しく交付してください。",
    )
    NOT_ON_THIS = (
        "this certificate cannot say one of the chosen items",
        "switch off what this kind of certificate does not hold",
        "選んだ項目の一部は、この証明書に記載できません。",
        "この種類の証明書に記載できない項目を外してください。",
    )
    NOTHING_CHOSEN = (
        "a certificate of recorded items says the name and at least one other item",
        "choose the items that are to be certified, the name among them",
        "記載事項証明書には、氏名のほかに一つ以上の項目が必要です。",
        "証明する項目を、氏名を含めて選んでください。",
    )
    NOBODY_CHOSEN = (
        "a certificate is about one person at least and no person twice",
        "choose whose record is to be certified",
        "証明する方が選ばれていないか、重なっています。",
        "証明する方を選んでください。",
    )
    WRONG_OFFICE = (
        "only a wide-area copy is issued by another municipality, and only by another one",
        "choose a wide-area copy for a record held elsewhere, and a copy for one held here",
        "ほかの市区町村が交付できるのは広域交付の住民票の写しだけで、自らの住民票には使えません。",
        "住民票がほかの市区町村にあるときは広域交付を、ここにあるときは住民票の写しを選んでください。",
    )
    OWN_RECORD_ONLY = (
        "a removed record is copied for the person whom it is about; the family asks as others do",
        "choose the person, or a person with a legitimate interest, and enter the purpose (art. 15-4)",
        "除票の写しを本人として請求できるのは、その除票に記載された方だけです。",
        "家族であっても第三者として、必要な理由を入力してください（法15条の4）。",
    )
    NO_DOMICILE = (
        "the record of somebody on this certificate holds no registered domicile",
        "have it entered from the family register first, or switch the registered domicile off",
        "本籍・筆頭者の記載がない方がいるため、本籍を記載した証明書は交付できません。",
        "戸籍の表示を職権で記載してから交付するか、本籍・筆頭者の記載を外してください。",
    )
    NO_NUMBER = (
        "somebody on this certificate has no individual number",
        "switch the individual number off, or have a number issued first",
        "個人番号のない方がいるため、個人番号を記載した証明書は交付できません。",
        "個人番号の記載を外すか、先に個人番号の指定を受けてください。",
    )
    NO_CODE = (
        "somebody on this certificate has no resident code",
        "switch the resident code off, or have one entered first (art. 30-3)",
        "住民票コードが記載されていない方がいるため、住民票コードを記載した証明書は交付できません。",
        "住民票コードの記載を外すか、先に住民票コードを記載してください（法30条の3）。",
    )
    NO_FOREIGNER = (
        "nobody on this certificate is a foreign resident",
        "switch nationality, status and period of residence off",
        "この証明書に外国人住民の方はいません。",
        "国籍・地域、在留資格、在留期間等の記載を外してください。",
    )
    NO_HEAD = (
        "the household of somebody on this certificate has no head on the day of which it speaks",
        "have the change of head reported or entered first (art. 25), or switch the relationship off",
        "証明する日に世帯主のいない世帯があります。",
        "世帯主変更の届出か職権記載を先に行うか、世帯主・続柄の記載を外してください（法25条）。",
    )
    NO_LONGER_KEPT = (
        "this removed record is no longer kept: 150 years have passed",
        "the record is to be destroyed; nothing can be certified from it (Enforcement Order art. 34)",
        "この除票は、保存期間の150年を過ぎています。",
        "保存期間を過ぎた除票の写しは交付できません（施行令34条）。",
    )
    NO_MOVE_OUT = (
        "no move out that is still open has been reported for somebody on this certificate",
        "take the report of the move out first (art. 24); once the new municipality has accepted the move, none is issued",
        "転出届が受理されていないか、転入が済んでいる方がいます。",
        "先に転出届を受理してください（法24条）。転入が済んだ後は転出証明書を交付しません。",
    )
    STILL_HERE = (
        "somebody on this certificate is on the register: there is no removed record",
        "choose a copy of the resident record",
        "現に住民である方がいるため、除票はありません。",
        "住民票の写しを選んでください。",
    )
    GONE = (
        "somebody on this certificate is no longer on the register",
        "choose a copy of the removed record for them",
        "すでに住民でなくなった方がいます。",
        "その方については除票の写しを選んでください。",
    )
    REDO = (
        "this key stands for another certificate",
        "open the form again; nothing was issued",
        "この受付番号は、別の証明書に使われています。",
        "申請の画面を開き直してください。何も交付されていません。",
    )
    UNKNOWN = (
        "there is no such certificate here",
        "check the number, and which municipality issued it",
        "この番号の証明書はありません。",
        "番号と、交付した市区町村を確かめてください。",
    )
    VOID_ALREADY = (
        "this certificate is void already",
        "nothing has to be done",
        "この証明書は、すでに無効になっています。",
        "手続は必要ありません。",
    )
    NO_WHY = (
        "a certificate is made void for a reason that is written down",
        "say why it was issued in error",
        "無効にする理由が入力されていません。",
        "誤って交付した理由を入力してください。",
    )

    @property
    def english(self) -> tuple[str, str]:
        """What is wrong, what to do."""
        return self.value[0], self.value[1]

    @property
    def japanese(self) -> tuple[str, str]:
        """何が問題か、どうすればよいか。"""
        return self.value[2], self.value[3]


class Denied(Refused):
    """A refusal that can be said in both languages; English unless asked. `where`: never a person's data."""

    def __init__(self, reason: Reason, where: str = "", language: str = ENGLISH) -> None:
        what, todo = (
            choose(language, ja=ja, en=en) for ja, en in zip(reason.japanese, reason.english, strict=True)
        )
        super().__init__(what, where=where, todo=todo)
        self.reason = reason

    def in_language(self, language: str) -> Denied:
        """The same refusal in `ja` or `en`."""
        return Denied(self.reason, self.where, language)


def no_ground() -> Denied:
    """The one refusal for a protected person, for nobody, and for a request without ground: nothing tells them apart."""
    return Denied(Reason.NO_GROUND)
