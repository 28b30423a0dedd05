// Who is out and who is due: asked again every half minute.
"use strict";
setTimeout(() => location.reload(), 30000);
