// A closer look takes seconds to work out: ask again until it is there.
"use strict";
setTimeout(() => location.reload(), 3000);
