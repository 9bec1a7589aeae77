/**
 * What stands before a full stop that does not, or need not, end a sentence. Written as in running text, without the
 * last stop; case matters, so that "No. 5" is a number and "no." an answer. One table for all languages: a speech often
 * names none, and texts mix them.
 */
const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Something always follows: titles and connecting words. */
export const ALWAYS_CONTINUED = words(`
  Mr Mrs Ms Mx Dr Drs Prof Profs St Mt Ft Gen Sen Rep Gov Capt Cpt Lt Col Sgt Maj Cmdr Adm Rev Hon Pres Supt
  vs cf viz approx eg ie e.g i.e resp incl excl
  Hr Hrn Fr Frl Dipl Ing Mag bzw evtl ggf inkl exkl zzgl vgl sog geb gest verh ca zB z.B d.h u.a o.ä u.U s.o s.u v.a
  i.d.R m.E bspw med phil jur rer nat habil
  M MM Mme Mmes Mlle Mlles Mgr Pr p.ex env
  Sra Sras Srta Dra Dña Ud Uds p.ej Excmo Exmo Exma Profa Eng Ilmo
  Sig Sigg Sig.ra Dott Dott.ssa Prof.ssa Avv Arch Geom Rag p.es
  dhr mevr drs bijv d.w.z o.a m.n t.a.v t.ex bl.a f.eks dvs
  np tzn tj mgr inż ul
  т.е т.к т.н напр ул пр просп им проф акад гр
`);

/** A number follows, or the stop is a stop: "No. 5", but "No. I will not." */
export const BEFORE_NUMBER = words(`
  No Nos Nr Nrn Num num núm nº Nº n p pp vol Vol Vols ch Ch chap Chap Sec sec Fig fig Figs figs Eq eq Ref ref Art art
  Arts Par par ed Ed Ext ext Tel tel Rm Apt v
  Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Okt Dez
  S Bd Bde Kap Abb Tab Abs Ziff Rn lit pág pag págs cap Cap str Str стр рис табл гл д кв
`);

/** May end a sentence as well: then the next word tells. */
export const MAY_END = words(`
  Inc Ltd Co Corp Bros Jr Sr Sres Est Dept Univ Assn Blvd Ave Rd al Mio Mrd Std Min Sek Ph.D
`);

/** Words that begin a sentence far more often than a name: after "U.S. " they tell an end from "U.S. Army". */
export const SENTENCE_STARTERS = words(`
  The This That These Those He She It We They You I A An In On At But And So If When While What Why How Who Where There
  Then However My Our Your His Her Its Their As For After Before Now Yet Or Not No Yes Is Are Was Do Does Did Can
  Der Die Das Den Dem Er Sie Es Wir Ich Ihr Ein Eine Und Aber Im Am Auf Dann Wenn Was Wie Wo Warum Dies Diese Dieser Da
  Le La Les Il Elle Ils Elles Nous Vous Je On Un Une Et Mais Ce Cette Puis Dans
  El Los Las Él Ella Ellos Yo Una Y Pero En Es Esto Lo Gli Ma Questo O Os As Ele Ela Eu Um Uma E Mas Isso Em Não
`);

/** Languages that write ordinals as a number and a full stop: "am 3. Oktober". */
export const ORDINAL_STOP_LANGUAGES = words('de da nb nn no fi hu cs sk sl hr bs sr pl et lv is fo lb tr');
