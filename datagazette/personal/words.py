"""The words by which names and titles of columns say what is in them, in Chinese, English, Danish, German, French,
Dutch and Spanish.

Latin words are looked for at the beginning of a word, or as whole words where the list has a `$`: German and Danish
join them to longer ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

_WORDS = {
    "identity": """
        sfz$ sfzh$ sfzhm$ shenfenzheng shenfenzhenghao zjhm$ zjh$
        身份证 身份号码 身份证件 证件号 证件号码 公民身份 居民证 社会保障号 社保号 社保卡号 identity
        identification?number national?id personal?id personal?number personal?code id?card id?no$ id?number$
        citizen?id citizen?number social?security ssn$ sin$ nin$ nhs?number cpr personnummer personnr cprnr
        fødselsnummer fodselsnummer bsn burgerservicenummer sofinummer sofi$ rijksregister rijksregisternummer
        identiteitsnummer identiteit steuerid steuer?id steueridentifikation identifikationsnummer personalausweis
        ausweisnummer ausweisnr sozialversicherungsnummer svnr sv?nummer ahv nir$ insee$ numero?de?securite?sociale
        numéro?de?sécurité?sociale sécurité?sociale securite?sociale carte?d?identité cni$ niss$ dni$ nie$ nif$
        nino$ ni?number national?insurance documento?de?identidad cédula cedula curp$ pesel$ hetu$ henkilötunnus
        codice?fiscale egn$ cnp$ rodné rodne?cislo oib$ identifikationsnr""",
    "mobile": """
        sj$ sjh$ sjhm$ shouji shoujihao
        手机 移动电话 mobile?phone mobile?number mobile$ mobile?no mobile?tel cell$ cellphone cell?phone
        cell?number mobil$ mobiltelefon mobilnummer mobilnr mobil?nr mobiltlf handy$ handynummer handynr portable$
        tel?portable mobiel$ mobielnummer mobiele gsm$ gsm?nummer móvil movil celular whatsapp wechat 微信""",
    "phone": """
        dh$ dhhm$ lxdh$ lxfs$ dianhua lianxidianhua
        电话 联系方式 联系号码 联系人方式 phone telephone tel$ tlf$ tlfnr telnr telefon telefonnummer telefonnr
        telefoon telefoonnummer teléfono telefono téléphone contact?number contact?no fon$ rufnummer""",
    "card": """
        yhkh$ yhzh$ kahao yinhangkahao
        银行卡 卡号 银行账号 银行帐号 账号 帐号 账户 帐户 收款账号 bank?card card?no card?number credit?card
        debit?card kortnummer betalingskort dankort kartennummer kreditkarte bankkarte carte?bancaire
        numero?de?carte numéro?de?carte kaartnummer bankpas tarjeta bank?account account?number account?no""",
    "iban": """
        iban bankkonto kontonummer bankverbindung compte?bancaire rib$ rekeningnummer bankrekening rekening
        cuenta?bancaria bank?account account?number 国际银行账号 账号 kontonr konto$""",
    "email": """
        邮箱 电子邮件 电邮 email e?mail mail$ mailadresse epost e?post courriel correo mél$ emailadres""",
    "passport": """
        护照 通行证 passport pasnummer pas?nr pas?nummer reisepass passnummer passnr passeport paspoort pasaporte
        travel?document""",
    "name": """
        xm$ xingming lxr$ hzxm$ sqr$ shouyiren
        姓名 名字 联系人 负责人 户主 申请人 受益人 收款人 法定代表人 法人代表 经办人 领取人 当事人 村民 学生 患者
        家长 监护人 持证人 参保人 full?name first?name last?name surname family?name given?name forename
        beneficiary recipient applicant person?name owner?name patient?name fornavn efternavn fuldt?navn modtager
        ansøger kontaktperson borger vorname nachname familienname ansprechpartner empfänger antragsteller prénom
        prenom nom?de?famille bénéficiaire beneficiaire demandeur voornaam achternaam aanvrager ontvanger nombre$
        apellido apellidos beneficiario solicitante titular$ contact?person personne holder""",
    "naming": "名称 name$ navn$ naam$ nom$ names$",  # of people or of anything else
    "birth": """
        出生 生日 birth birthdate birthday dob$ født fødselsdato foedselsdato geburtsdatum geburtstag naissance
        geboortedatum geboren nacimiento""",
    "office": """
        办公 值班 热线 咨询 服务 监督 投诉 举报 受理 公开 窗口 总机 传真 客服 预约 招生 售票 报警 救援 office
        hotline switchboard helpdesk help?desk reception enquiries customer?service service?line service?number fax
        kontor hovednummer vagttelefon borgerservice omstilling zentrale geschäftsstelle dienststelle bürgerservice
        auskunft bürgertelefon accueil standard$ secretariat secrétariat mairie guichet balie klantenservice
        receptie loket oficina centralita atención atencion press$ presse""",
    "body": """
        单位 机构 部门 组织 企业 公司 学校 医院 机关 社区 网点 局名 店名 协会 organisation organization agency
        department company institution school hospital office$ ministry municipality$ authority association shop
        store branch library museum body$ provider operator supplier organisationsnavn myndighed forvaltning
        virksomhed skole institution afdeling forening behörde behoerde amt$ einrichtung unternehmen firma schule
        verein organisme établissement etablissement entreprise association commune$ école service$ instantie
        bedrijf instelling gemeentehuis vereniging organisatie organismo empresa institución institucion centro
        colegio entidad ayuntamiento""",
    "code": """
        信用代码 组织机构 统一社会 许可证 许可号 备案 文号 项目 订单 流水 条码 批次 案件 案号 档案 数据集 合同
        机构代码 编码 uscc credit?code isbn issn ean$ gtin barcode doi$ dataset record?id case order$ order?id
        permit licen contract project transaction batch sku$ serial inventory asset imei invoice journal sagsnummer
        cvr kvk rsin siren siret aktenzeichen vorgangsnummer bestellnummer dossier zaaknummer expediente tracking
        parcel cadast matrikel""",
    "measure": """
        人数 户数 数量 金额 总额 预算 决算 收入 支出 产值 面积 总量 合计 余额 投资 人口 比例 比率 次数 均值 指数
        增加值 贷款 存款 产量 吨 公里 用电 税收 用户数 普及率 发放量 subscri users$ population count$ counts
        number?of total sum$ amount budget revenue income expenditure spending cost value$ price area$ gdp share$
        rate$ percent ratio average mean turnover debt loans deposits output balance assets kwh tonnes antal beløb
        beloeb udgift indtægt befolkning anzahl betrag summe einnahmen ausgaben bevölkerung umsatz haushalt
        nombre?de montant recettes dépenses dépense effectif aantal bedrag omzet begroting inwoners importe
        cantidad ingresos gastos población presupuesto valor issued views""",
    "place": """
        经度 纬度 坐标 邮编 邮政编码 latitude longitude lat$ lon$ lng$ coord easting northing postcode postal zip$
        postnummer postleitzahl plz$ code?postal breddegrad længdegrad breite länge$ breitengrad längengrad""",
    "time": """
        时间 日期 时刻 年月 timestamp datetime time$ date$ dato tidspunkt datum zeitpunkt zeit$ horodatage tijdstip
        fecha""",
}
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")
_BETWEEN = re.compile(r"[\W_]+")


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    """A question mark is where words may be written as one, or with anything that is no letter between them."""
    return re.compile("|".join(_expressions(_WORDS[kind].split())))


def _expressions(words: Iterable[str]) -> Iterable[str]:
    for word in words:
        bare = word.removesuffix("$")
        if "一" <= bare[0] <= "鿿":
            yield re.escape(bare)
            continue
        spaced = " ?".join(re.escape(part) for part in bare.split("?"))
        yield f"(?<![^ ]){spaced}" + ("(?![^ ])" if word.endswith("$") else "")


def plain_label(label: str) -> str:
    """A label with a space wherever one word ends, in lower case: `contactPhone_no` is `contact phone no`."""
    return _BETWEEN.sub(" ", _CAMEL.sub(" ", label)).strip().lower()


def says(kind: str, label: str) -> bool:
    """Whether a plain label has a word of this kind."""
    return bool(_pattern(kind).search(label))
