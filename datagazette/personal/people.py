"""Names of people, names of bodies, and mailboxes of either."""

from __future__ import annotations

import re

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石"
    "廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟"
    "殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆"
    "农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池"
    "查麻苑迟邝"
)
_COMPOUND = ("欧阳", "司马", "上官", "诸葛", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯", "东方", "司徒")
_CHINESE_NAME = re.compile(r"[一-鿿]{2,4}")
_FOREIGN_IN_CHINESE = re.compile(r"[一-鿿]{2,8}·[一-鿿]{2,8}")
_WORD = r"(?:(?:[A-Z]['’])?[A-ZÀ-ÞĀ-Ž][a-zß-ÿā-ž]+(?:['’-][A-ZÀ-Þ]?[a-zß-ÿ]+)*|[A-Z]\.)"
_PARTICLE = r"(?:van|von|de|der|den|del|la|le|da|dos|af|zu|ter|ten|di|du|y|el|bin|'t)"
_LATIN_NAME = re.compile(rf"{_WORD}(?: (?:{_PARTICLE} ){{0,2}}{_WORD}){{1,3}}")
_REVERSED = re.compile(rf"(?:{_PARTICLE} ){{0,2}}{_WORD}(?:[ -]{_WORD})?, {_WORD}(?: {_WORD}){{0,2}}")
_ONE_WORD = re.compile(rf"(?:{_PARTICLE} ){{0,2}}{_WORD}(?:[ -]{_WORD})?")
_GIVEN_TEXT = """
    anna anne maria marie peter hans lars jens niels søren mette kirsten hanne ole jan jan-erik karen inge erik
    henrik christian thomas michael martin andreas stefan claudia sabine petra monika ursula wolfgang klaus
    jürgen uwe heike birgit susanne jean pierre michel philippe alain nathalie isabelle sylvie catherine
    françois jacques marc johannes cornelis hendrik willem maarten pieter johanna wilhelmina elisabeth sanne
    daan sem emma sophie lucas jose josé juan manuel antonio francisco carmen ana isabel pilar dolores luis
    javier carlos miguel john james mary patricia robert david sarah emily oliver jack george charlotte amelia
    freja ida clara william noah oscar lukas leon paul ben lena laura julia hugo louis gabriel léa chloé
    camille manon lucía sofía mateo pablo nora eva lotte bram thijs mohammed fatima ali ahmed yusuf elena marco
    luca giulia paolo katarzyna piotr ana-maria ingrid astrid sven björn karl friedrich helga gisela renate
    heinz werner günter dieter frank rolf bernd simone nicole tobias daniel matthias alexander
"""
_GIVEN = frozenset(_GIVEN_TEXT.split())
_CHINESE_BODY = re.compile(
    r".*(?:局|委|委员会|办公室|中心|学校|小学|中学|大学|学院|幼儿园|医院|诊所|卫生院|公司|集团|厂|店|馆|协会|学会|基金会|商会|合作社|联合会|"
    r"研究院|研究所|派出所|法院|检察院|所|站|处|厅|部|科|股|室|银行|支行|分行|营业部|村委会|居委会|办事处|镇政府|乡政府|人民政府|政府|大队|支队|"
    r"服务点|网点|社|队|超市|酒店|宾馆|药房|工会|热线)(?:[(（].*[)）])?"
)
_LATIN_BODY = re.compile(
    r"\b(?:gmbh|ag|kg|e\.? ?v|a/s|aps|i/s|b\.?v|n\.?v|ltd|llc|inc|plc|sarl|s\.?a|s\.?l|sas|oy|ab)\b|"
    r"\b(?:kommune|gemeente|gemeinde|"
    r"stadt|landkreis|landratsamt|amt|ministeri|ministry|minister|department|agency|council|authority|office|board|"
    r"universit|college|school|skole|schule|école|ecole|lycée|escuela|colegio|instituto|institute|institut|hospital|klinik|"
    r"clinic|krankenhaus|sygehus|ziekenhuis|hôpital|bibliot|library|bücherei|museum|musée|museo|mairie|commune|ville|"
    r"préfecture|ayuntamiento|diputación|consejería|provincie|waterschap|region|centre|center|centrum|centro|association|"
    r"forening|verein|vereniging|asociación|foundation|fonden|stiftung|stichting|service|bureau|styrelse|forvaltning|"
    r"behörde|polizei|politi|police|policía|station|theat|church|kirche|kirke|parish|group|company|bank|hotel|restaurant|"
    r"pharmacy|apotheke|apotek|plejehjem|kita|kindergarten|børnehave|crèche|pflegeheim)|(?:kommune|skole|schule|amt|haus|"
    r"biblioteket|hjem|behörde|verein)\b",
    re.IGNORECASE,
)
_ROLES_TEXT = """
    receptie recepcion balie loket
    info information kontakt contact contacto mail email post postmaster poststelle office admin administration
    administracion service services support help helpdesk hello hallo hej press presse prensa media news
    newsletter webmaster web noreply reply sekretariat secretariat secretaria sekretariatet datenschutz dpo dpd
    privacy gdpr data opendata open statistik statistics stats stat bibliothek bibliotek library mairie accueil
    gemeente gemeinde kommune kommunen byraad burgerzaken buergerbuero buergerservice borgerservice registrator
    registry archive archiv jobs hr career karriere personal recruitment sales salg verkauf ventas marketing
    finance finanzen buchhaltung accounts billing invoice faktura team desk reception rezeption klant
    klantenservice kundenservice kundeservice customer enquiries enquiry inquiries feedback complaints
    ombudsman foi education school skole schule ecole sundhed health sozialamt rathaus stadt stadtverwaltung
    verwaltung landkreis oficina atencion ayuntamiento registro prefecture direction dir communication
    kommunikation urbanisme museum museet museo booking tickets events tourism turismo tourismus visit planung
    bauamt ordnungsamt standesamt jugendamt miljo teknik umwelt environment abuse security hostmaster root list
    bgs xxgk zwgk zfb bangongshi banggongshi dangban dzb gov xinxi fuwu kefu zixun jubao tousu yuyue zhaosheng
    zsb xcb rsc jwc kyc tjj sjj zjj fgw mzj jyj wjw xfj dsj czj rsj slj nyj lyj szb xzf zzb cwc hqc hotline
    zhihui keji ylbz ybj gjj ggzy
"""
_ROLES = frozenset(_ROLES_TEXT.split())
_FREE_TEXT = """
    qq.com 163.com 126.com yeah.net sina.com sina.cn sohu.com 139.com 189.cn foxmail.com aliyun.com 21cn.com
    tom.com gmail.com googlemail.com hotmail.com outlook.com live.com yahoo.com icloud.com me.com
    protonmail.com proton.me aol.com web.de gmx.de gmx.net gmx.at gmx.ch t-online.de freenet.de orange.fr
    wanadoo.fr free.fr laposte.net sfr.fr hotmail.fr yahoo.fr ziggo.nl kpnmail.nl hetnet.nl planet.nl xs4all.nl
    home.nl hotmail.nl live.nl telefonica.net hotmail.es yahoo.es mail.dk jubii.dk ofir.dk hotmail.dk live.dk
    telenet.be skynet.be bluewin.ch telia.com online.no outlook.dk outlook.de outlook.fr outlook.es yahoo.de
    yahoo.co.uk btinternet.com hotmail.co.uk
"""
_FREE = frozenset(_FREE_TEXT.split())
# Reserved for examples: nobody has a mailbox there.
_EXAMPLE = re.compile(r"(?:[@.])(?:example(?:\.(?:com|org|net))?|test|invalid|localhost)$", re.IGNORECASE)
_LOCAL_NAME = re.compile(
    r"[a-zà-ÿ]{2,}[._-](?:[a-zà-ÿ]{1,3}[._-])?[a-zà-ÿ]{2,}[0-9]{0,4}|[a-z][._][a-zà-ÿ]{3,}[0-9]{0,4}"
)


def is_chinese_name(text: str) -> bool:
    """As people's names are: a surname and one or two characters. Many other words are so, too."""
    if _FOREIGN_IN_CHINESE.fullmatch(text):
        return True
    if not _CHINESE_NAME.fullmatch(text) or is_body(text):
        return False
    return text[:2] in _COMPOUND or (text[0] in _SURNAMES and len(text) <= 3)


def is_latin_name(text: str) -> bool:
    """Two to four words with capital letters, or family name, comma, given name."""
    return bool(_LATIN_NAME.fullmatch(text) or _REVERSED.fullmatch(text)) and not is_body(text)


def is_one_name(text: str) -> bool:
    """A family name or given names alone."""
    return bool(_ONE_WORD.fullmatch(text) or re.fullmatch(r"[一-鿿]{1,3}", text)) and not is_body(text)


def has_given_name(text: str) -> bool:
    return any(word in _GIVEN for word in re.split(r"[ ,]+", text.lower()))


def is_body(text: str) -> bool:
    """The name of an office, a company or another body."""
    return bool(_CHINESE_BODY.fullmatch(text)) if not text.isascii() and _has_chinese(text) else _is_latin_body(text)


def _is_latin_body(text: str) -> bool:
    return bool(_LATIN_BODY.search(text))


def _has_chinese(text: str) -> bool:
    return any("一" <= letter <= "鿿" for letter in text)


def mailbox(address: str) -> str:
    """Whose mailbox an address is: `role` of an office, `person` where it has a name as people have it, `free` at a
    provider that private people use, `other` where that cannot be seen."""
    local, _, domain = address.lower().rpartition("@")
    parts = [part for part in re.split(r"[^a-zà-ÿ]+", local) if part]
    if any(part in _ROLES for part in parts) or any(local.startswith(role) for role in _ROLES if len(role) > 5):
        return "role"
    if is_body(local.replace(".", " ").replace("-", " ").replace("_", " ")):
        return "role"
    if domain in _FREE:
        return "free"
    return "person" if _LOCAL_NAME.fullmatch(local) else "other"


def is_example(address: str) -> bool:
    """Whether an address is of a domain that is reserved for examples."""
    return bool(_EXAMPLE.search(address))
