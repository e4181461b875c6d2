"""Chinese characters that are taken for one another: those that look alike, and those that sound alike.

Readers and scanners mix up the first, people who type by sound (pinyin) the second.
"""

import functools
from collections.abc import Iterable

# Groups of characters that differ by a stroke or a part.
LOOKALIKES = """
己已巳 末未 土士 大太犬 人入八 日曰 目且 干千于 天夫 木本术 王玉主 问间闻 申甲由田 午牛 贝见 乌鸟 免兔 晴睛情清请
刀力刃 几九 厂广 万方 儿几 口囗 山出 上止 下卞 小少 子予 了子 又叉 勺勾 句旬 与写 白自百 田由 禾木 火灭 手毛 爪瓜
戊戌戍 衣农 鱼鲁 车东 住往佳 体休 作昨 候侯 傲微 像象 优忧 代伐 仿访 仍扔 什仆 折拆析 拔拨 抢枪 挑桃 推堆 据剧 提堤
持待特 扰拢 抱包饱跑 抬台 拍怕 担但 招超 捡检 换焕 历厉 压庄 厅厉 床庆 店占 度席 座坐 廷延 建健 进近 这过 远运 迟尽
选洗 迁千 述术 速束 逆道 送迷 房旁 户尸 层尾 居局 屋握 展辰 属屡 宾兵 宴晏 宜宣 官宫 容客 密蜜 富副 完玩 定走 实买
卖实 室至 冶治 冷令 冰水 净静 凉谅 减咸 沐休 没设 汁针 汤场扬 河何 治冶 油抽由 泡炮 洒酒 活话 洁结 流疏 浴裕 海悔 消销
温湿 渴喝 游放 满瞒 漂飘 漏露 热势 烦顺 灯钉 炒抄吵 烧浇 焦蕉 爱受 父交 版板 牌碑 狠狼很 猜情 环坏还 玩现 班斑 理埋
瓶并 甜甘 用甩 男勇 界介 疗辽 病痛 皮波 盘盆 盖益 直真 眼跟 睡垂 知和 短矮 码妈 矿旷 破坡 磁滋 神伸 票要 禁林 秋愁
科料 租祖 程呈 稍销 穷究 空控 站战 竟竞 童重 笔毛 等寺 简筒 算异 管营 箱相 米来 粉纷 粗组 精情 糖塘 系糸 红江 级极
纸低 经轻 绍招 结洁 给合 络格洛 绝艳 继断 续读 绿缘 网冈 罚罪 美姜 群裙 老考 职织 联取 聊柳 肉内 股服 胖伴 能态 脏赃
脚却 脸险验 腾滕 自白 舒予 船般 色包 节书 花化 苦若 英央 茶荼 草早 荐存 菜采 蓝篮 薄簿 虑虎 行衍 街衔 补朴 被彼 装袋
西四 要耍 规现 觉党 视现 解触 计汁 认队 让上 记纪 讲进 设没 评坪 诉拆 词伺 试式 说税 读卖 谁难 谈淡 象像 贵责 费弗
贴站 赠增 走定 赶起 超招 越趋 足是 跟根 身射 转传 轮论 软欠 较校 输愉 达边 适活 通桶 遇愚 郊效 部陪 都者 配酌 重童
量童 钱线 铁铺 铺辅 错借 镇填 长卡 门闩 闲闭 间问 闹闲 阳阴 附付 院完 除徐 陈阵 随堕 难准 雪雷 零雾 需雷 露路 静净
面而 项顶 顺须 预顶 颜须 风凤 食良 饭板 饮欢 饼并 馆管 香杳 马鸟 驾架 骑绮 高亮 麻床 黄横 黑墨 默墨 鼓彭 龙尤
"""

# By syllable, whatever the tone, as an input method offers them.
HOMOPHONES = """
de:的地得 zai:在再载 zuo:做作坐座昨 ta:他她它 na:那哪拿 yi:以已一易意艺 dai:带戴代待袋 xiang:像象向箱香相想 dao:到道倒
shi:是事时十实试式市室 you:有又友油 hen:很狠恨 ma:吗嘛妈马 zhu:住主注助 jin:进近尽金 jian:间见件建健 dian:店电点典
fang:房防方放 fu:服复付副 wu:务物误屋 yuan:员圆原园远院 qian:前钱千 hao:好号 jia:价假架家加佳 ge:个各格隔 zao:早澡造
can:餐参 chuang:床窗 wei:卫位为味 sheng:生声升 bian:便遍变边 jiao:交教较叫角脚 tong:通同童 chang:常长尝场
jing:净静境竟经 zong:总综 ti:体提题替 gan:感赶干敢 jue:觉决绝 cuo:错措 xia:下夏吓 ci:次词此 lai:来莱 tai:太态台抬
qing:情请清轻晴 du:度读独 xi:洗喜希西息 shui:水睡谁 she:设社 jiu:就旧酒久 xin:新心信 lou:楼漏 kong:空控 tiao:条调跳
wang:网往忘望 luo:络落 ji:机几级及极 shu:书舒输数 hui:会回 guo:过国果 fan:饭烦反返 cai:菜才材 li:理里离利力历
zhi:之只知值至 huo:或火活货 zhan:站占 lu:路录 ban:班般搬办半 mai:买卖 da:打答大达 hua:话画化花 wen:问文闻温
gong:工公共供 ying:应影硬 gai:该改盖 xu:需须许 yao:要药 bi:比笔必 man:满慢 he:和合喝何 zhou:周州 an:安按暗 quan:全权
bao:包保饱 hu:户护互 xiao:小笑校 ren:人认任 zhong:中钟种重 yue:月约越 fen:分份 kuai:块快 wan:晚完玩万 yin:音因
xing:行形性型星 mei:每美 dan:但单蛋 lei:类累 jie:接街节 lao:老劳 lian:连脸联 liang:两量亮辆 ping:平评瓶 qi:其起期气器
shao:少稍 tian:天甜 ting:听停挺 xie:写些谢 ye:也夜业 yang:样养 yu:与于预遇雨 zhen:真阵 zheng:正整 zi:自子字
cheng:成城程 chu:出处除 dong:动东懂 er:而二 fei:费飞 guan:关管馆 hai:还海孩 huan:换环欢 kan:看刊 ke:可客课 lan:蓝栏
leng:冷楞 mian:面免 ming:名明 nan:难南男 pian:片骗偏 qu:去区取 ru:如入 shan:善山 shang:上商 shen:身深什
suo:所锁 tui:推退 xian:现先县 yan:眼严烟 yong:用永 zhao:找照
"""


@functools.cache
def lookalikes() -> dict[str, str]:
    """Return the characters that look like a character, for each that has such."""
    return _others(LOOKALIKES.split())


@functools.cache
def homophones() -> dict[str, str]:
    """Return the characters that sound like a character, for each that has such."""
    return _others(group.partition(":")[2] for group in HOMOPHONES.split())


def _others(groups: Iterable[str]) -> dict[str, str]:
    found: dict[str, dict[str, None]] = {}
    for group in groups:
        for character in group:
            found.setdefault(character, {}).update(dict.fromkeys(group.replace(character, "")))
    return {character: "".join(others) for character, others in found.items() if others}
