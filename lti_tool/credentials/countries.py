"""Countries and languages by their short codes, and the longer ones that ELM uses."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

# ISO 3166-1: alpha-2 and alpha-3.
_COUNTRIES = """
ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE
BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS
BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN
COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST
EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF
GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD
HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM
JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA
LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD
MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM
NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG
PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA
SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD
STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON
TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR
VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE
"""
COUNTRIES = {pair[:2]: pair[2:] for pair in _COUNTRIES.split()}
"""ISO 3166-1 alpha-2 -> alpha-3."""

# ISO 639-1 and 639-2/T with a name: the official languages of the Union and others often taught in.
_LANGUAGES = """
ar ara Arabic|bg bul Bulgarian|bs bos Bosnian|ca cat Catalan|cs ces Czech|cy cym Welsh
da dan Danish|de deu German|el ell Greek|en eng English|es spa Spanish|et est Estonian
eu eus Basque|fa fas Persian|fi fin Finnish|fr fra French|ga gle Irish|gl glg Galician
he heb Hebrew|hi hin Hindi|hr hrv Croatian|hu hun Hungarian|hy hye Armenian|id ind Indonesian
is isl Icelandic|it ita Italian|ja jpn Japanese|ka kat Georgian|ko kor Korean|lt lit Lithuanian
lb ltz Luxembourgish|lv lav Latvian|mk mkd Macedonian|mt mlt Maltese|nb nob Norwegian Bokmål
nl nld Dutch|nn nno Norwegian Nynorsk|no nor Norwegian|pl pol Polish|pt por Portuguese
ro ron Romanian|ru rus Russian|sk slk Slovak|sl slv Slovenian|sq sqi Albanian|sr srp Serbian
sv swe Swedish|sw swa Swahili|tr tur Turkish|uk ukr Ukrainian|vi vie Vietnamese|zh zho Chinese
"""
_ROWS = [row.split(" ", 2) for row in _LANGUAGES.strip().replace("\n", "|").split("|")]
LANGUAGE_NAMES = {short: name for short, _, name in _ROWS}
LANGUAGE_CODES = {short: long for short, long, _ in _ROWS}
"""ISO 639-1 -> ISO 639-2/T."""


def country_name(code: str) -> str:
    """Return the English name of a country by its alpha-2 code; the code where none is known."""
    return _names().get(code, code)


def language_name(tag: str) -> str:
    """Return the English name of a language, with its tag where that says more ("fr-CH")."""
    name = LANGUAGE_NAMES.get(tag.partition("-")[0].lower())
    if name is None:
        return tag
    return f"{name} ({tag})" if "-" in tag else name


@cache
def _names() -> dict[str, str]:
    text = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {row[0]: row[1] for row in rows if len(row) == 2}
