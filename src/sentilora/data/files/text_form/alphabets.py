"""Languages by the letters that they have beside those of ASCII, and encodings by their use.

The letters of a language stand in order of how often they are met, the most frequent first: those
of German, Spanish, Portuguese, Swedish, Danish, Polish, Slovak, Turkish, Russian, Ukrainian,
Serbian, Japanese, Chinese, Korean and Vietnamese as counted in translations of a text editor, the
others by hand. Of Chinese, Japanese and Korean only the most frequent signs are here.

Not covered: languages that no single-byte encoding of a spreadsheet was made for.
"""

from __future__ import annotations

from dataclasses import dataclass

WESTERN = "cp1252"


@dataclass(frozen=True)
class Alphabet:
    """The letters of one language, or of a few that are alike.

    Attributes:
        letters: letters beyond ASCII, most frequent first.
        encodings: encodings that its texts come in.
        is_latin: whether they stand among letters of ASCII.
        others: first and last sign of each range of less frequent ones.
    """

    letters: str
    encodings: tuple[str, ...]
    is_latin: bool = True
    others: tuple[tuple[str, str], ...] = ()


_WEST = (WESTERN, "cp850", "mac_roman")
_CENTRAL = ("cp1250", "iso8859_2", "cp852")
_CYRILLIC = ("cp1251", "koi8_r", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic")
_HAN = (("\u4e00", "\u9fff"),)
_KANA = (("\u3041", "\u30ff"), *_HAN)

ALPHABETS = (
    Alphabet("’“”–‘…—é", _WEST),  # English, as word processors write it
    Alphabet("üäößÄÜÖéẞ", _WEST),
    Alphabet("éèàêçôîûùâïëœÉÀÈÊÇÔÎŒæÿ", _WEST),
    Alphabet("óáíéñúüÁÉÓÍÑÚªº", _WEST),
    Alphabet("ãáçéíóêõâàúôÁÉÃÇÓÍÚÀÂªº", _WEST),
    Alphabet("àèùòìéÈÀÙÒÌÉ", _WEST),
    Alphabet("éëïèóöüêá", _WEST),
    Alphabet("àéòèçíóïúüÀÉ", _WEST),
    Alphabet("äöåÄÖÅé", _WEST),
    Alphabet("øåæéÅØÆôòè", _WEST),
    Alphabet("íðáéóöþúæýÞÍÁÖÓÚÉÆÝÐ", _WEST),
    Alphabet("łęążśćóźńŁŚŻŹĆÓĄĘ", _CENTRAL),
    Alphabet("íáéžěýčřšůúňťóďŠČŽŘÚÝĎŤÉÁÍ", _CENTRAL),
    Alphabet("áíýťžúčéšľóôňäďĺŽČŠÁÚĽÍÉŇŤŔ", _CENTRAL),
    Alphabet("áéöőóíüűúÁÉÖÍÓÜŐÚŰ", _CENTRAL),
    Alphabet("ăîâşţĂÎÂŞŢșț", _CENTRAL),
    Alphabet("čšžćđČŠŽĆĐ", _CENTRAL),
    Alphabet("ıüşçöğİÖÜŞÇĞâîû", ("cp1254", "cp857")),
    Alphabet("ėšįųžąčęūŠŽČĮŲĖŪĄĘ", ("cp1257", "cp775")),
    Alphabet("āīēšņļūžķģčŠĀĪĒŅĻŪŽĶĢČ", ("cp1257", "cp775")),
    Alphabet("äõüöšžÄÕÜÖŠŽ", ("cp1257", WESTERN, "cp775")),
    Alphabet("\u0301\u0300đươơâêô\u0323\u0309\u0303ăĐÂÊÔĂƯƠéèàáíó", ("cp1258",)),
    Alphabet(
        "ατοειηνσρκπίμυλςόάδγέθύήχώβφξζψΤΑΠΟΕΗΚΜΔΣΝΙΧΓΛΘΡΒΦΰΐϊϋΆΈΉΊΌΎΏΥΩΖΞΨω",
        ("cp1253", "iso8859_7", "cp737", "cp869"),
        is_latin=False,
    ),
    Alphabet(
        "оеаинтсрлвкмдпузяьыйбжчгшюцщхфэъёНПВСОИТАДЗРЕКБУМЯХГЧЛЭЖФШЮЦЩЙЫЬЁЪ",
        _CYRILLIC,
        is_latin=False,
    ),
    Alphabet(
        "оаниевтіркулсдмпязбйгьжчхшєцюїфщґНПВЗДЧСОТЯІКАРМУБХЛЄГЖШЦФЕЇЮЩҐЙ",
        _CYRILLIC,
        is_latin=False,
    ),
    Alphabet(
        "аоиетнрсвлкпдмзягъбучцжщшюйфхьНПВСОИТАДЗРЕКБУМЯХГЧЛЖФШЮЦЩЙЪЬ",
        _CYRILLIC,
        is_latin=False,
    ),
    Alphabet(
        "аеионрсткјумдвплзгбшжчњцљхћђфџНПВСОИТАДЗРЕКБУМЈХГЧЛЖФШЦЉЊЋЂЏ",
        _CYRILLIC,
        is_latin=False,
    ),
    Alphabet("יוהלאמתרבשנדעחםקפטגכןסזצךףץ", ("cp1255", "iso8859_8", "cp862"), is_latin=False),
    Alphabet(
        "اليمنرتوبةدعسفكقحهجشطصأذخضىثزءئغظؤإآ؟،\u064b\u0651",
        ("cp1256", "iso8859_6"),
        is_latin=False,
    ),
    Alphabet(
        "านรอกเงยมลสวทดตคะีพไ่ป้็หัุิแบขจชใซึืูถฟำโธณศญผๆฉภษฏฐฒฬฮฆฎฑฌ๊๋ฯ",
        ("cp874",),
        is_latin=False,
    ),
    Alphabet(
        "。のいでたしすまがとにてをはなっ、かんもうくりこさだらきよれあーそけるじちどえやみせつおンスわイルトラ"
        "リクアシッド良品質買悪届商対応配送使思人気店日本味大高最早速",
        ("cp932", "euc_jp"),
        is_latin=False,
        others=_KANA,
    ),
    Alphabet(
        "的了。不是很好一我有,用在买这个到就没都也大量差服务质还东西时太快可以人来上要说和、"
        "客次吃给物第去商品包满意后天样价格态度评为错送真多点什么收货能家店非常",
        ("gb18030",),
        is_latin=False,
        others=_HAN,
    ),
    Alphabet(
        "的了。不是很好一我有,用在買這個到就沒都也大量差服務質還東西時太快可以人來上要說和、"
        "客次吃給物第去商品包滿意後天樣價格態度評為錯送真多點什麼收貨能家店非常",
        ("big5",),
        is_latin=False,
        others=_HAN,
    ),
    Alphabet(
        "다이는가을에니고습요하지은도기로의한리어해사서아있게나를대인너무정시만자수일라들스안그보주음부제"
        "없전구물상여오배송품질좋추천가격빠르별우세성합데원장면입",
        ("cp949",),
        is_latin=False,
        others=(("\uac00", "\ud7a3"),),
    ),
)

# How seldom an encoding is met, as the logarithm of its odds against the Western one.
ODDS = {
    WESTERN: 0.0,
    "cp1250": -1.5,
    "cp1251": -1.0,
    "cp1253": -1.5,
    "cp1254": -1.5,
    "cp1255": -1.5,
    "cp1256": -1.5,
    "cp1257": -1.5,
    "cp1258": -2.5,
    "cp874": -1.5,
    "cp932": -1.5,
    "gb18030": -1.5,
    "big5": -1.5,
    "cp949": -1.5,
    "cp850": -3.0,
    "mac_roman": -3.0,
    "iso8859_2": -3.0,
    "koi8_r": -3.0,
    "cp866": -3.0,
    "euc_jp": -3.0,
    "cp852": -3.5,
    "iso8859_7": -2.5,
    "koi8_u": -4.0,
    "iso8859_5": -4.0,
    "iso8859_6": -4.0,
    "iso8859_8": -4.0,
    "cp862": -4.5,
    "mac_cyrillic": -4.0,
    "cp857": -4.0,
    "cp775": -4.5,
    "cp737": -4.0,
    "cp869": -5.0,
}
