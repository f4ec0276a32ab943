"""Password hashes that other systems made, and of which passwords they are."""

from __future__ import annotations

TYPED = "crème brûlée, please"

# Made by the library of that name, with few iterations; or published, where a link or an RFC says so.
FOREIGN = {
    "argon2-cffi, id": "$argon2id$v=19$m=64,t=1,p=2$c2FsdHNhbHRzYWx0c2FsdA$YYTDVacD9HMUGkSgasbS+MYm2fYaWr2vfanikcBnxpQ",
    "argon2-cffi, i": "$argon2i$v=19$m=64,t=1,p=2$c2FsdHNhbHRzYWx0c2FsdA$nzIvS47qxBKEvutMQ73Es3/phYSlWUVL/iWbt78sVZc",
    "argon2-cffi, d": "$argon2d$v=19$m=64,t=1,p=2$c2FsdHNhbHRzYWx0c2FsdA$DNMxLDOqrDZLVpxsVzc7gDEwZnsz3wCLURK4qsYU9xg",
    "argon2-cffi, version 1.0": "$argon2i$v=16$m=64,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$HatUTI8krmJigkmT3FN3+sFaJplJHLQn",
    "argon2, version 1.0 unsaid": "$argon2i$m=64,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$HatUTI8krmJigkmT3FN3+sFaJplJHLQn",
    "bcrypt, 2b": "$2b$04$TfZS7d6aUPuia//nxjdeneF6Db8XHZw95eUs/f.k4eJq233LUXbim",
    "bcrypt, 2a": "$2a$04$QDRAsyYAYmnrC4KORceMOuRJIvmXNIgMuR21b31GDf4pRoqRpxfs2",
    "libxcrypt, 2y": "$2y$04$uUghK4wVYjrMMFUGGGkC0.4RXZZGa15zUZQ/ytwRFROrw4.VhLuge",
    "passlib, pbkdf2 sha1": "$pbkdf2$1000$gjCmVCrFuFfKOUdoTUnp3Q$XQBd.tK6FD.6ggxHnilM9ivBzBQ",
    "passlib, pbkdf2 sha256": "$pbkdf2-sha256$1000$ZOw9J2RMybm31vp/D0Fo7Q$HK6mE0Qrni38EZHDF0aoAiDVVfThN4MX/PQTued5UR4",
    "passlib, pbkdf2 sha512": (
        "$pbkdf2-sha512$1000$9F5rTWnNWct5j3GOEQLA2A$"
        "mgpxKx3ROEx6jE/H70d68lI.rL6Ded3WzHuAst8HKE.Ai0krXJOfVqdmbt4DwjeENSrFF.4/ee0sO/ITG8.Cdw"
    ),
    "passlib, scrypt": "$scrypt$ln=10,r=8,p=1$PKeU8r7XGiMEgDBmzNlbCw$mtbs8slv2Yc4Q9Ps8Je2+6dE3uyLP5zjM/OPsXb2o8c",
    # https://github.com/RustCrypto/password-hashes: pbkdf2/tests/simple.rs
    "RustCrypto, pbkdf2 sha256": (
        "$pbkdf2-sha256$i=4096,l=40$c2FsdFNBTFRzYWx0U0FMVHNhbHRTQUxUc2FsdFNBTFRzYWx0$"
        "NIyJ28vTKy8y2BS4EW6EzysXNH68GAAYHE4qH7jdU+HGNVGMfaxH6Q"
    ),
    # the RFCs' results, in the form of PHC
    "RFC 7914, pbkdf2 sha256": (
        "$pbkdf2-sha256$i=80000,l=64$TmFDbA$"
        "TdzY9guYviGDDO5e8icB+WQaRBjQTAQUrv8Ih2s0q1ah1CWhIlgzVJrbhBtRybMXaicr3ruh0HhHj2Kzl/M8jQ"
    ),
    "RFC 6070, pbkdf2 sha1": "$pbkdf2-sha1$i=4096$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE",
    "Django, pbkdf2 sha256": "pbkdf2_sha256$1000$ZTzplrbrkBH7oGvaUdu9L3$63MefIinvc+XfVdc5OA+ANrzTewBI+EJfCfjFGMDqi0=",
    "Django, pbkdf2 sha1": "pbkdf2_sha1$1000$tB4gV7QLEF2GjeZ0fYoEuC$C2gFAzpGuWqRnU0sfjNaxl9ezeU=",
    "Django, argon2": (
        "argon2$argon2id$v=19$m=1024,t=2,p=8$bG9QVVNNODdwbWZsQWRvelY3a3dRTg$PY7fT886vEpORpSiyw5rWiZmb9d9MME8/OGHX6rkdEA"
    ),
    "Django, bcrypt": "bcrypt$$2b$04$129pTskgz0m1vlU6jrJn6Oy1Jh9v4te.XNCAZnTH8MNIzUuhIkBPm",
    "Django, bcrypt of sha256": "bcrypt_sha256$$2b$04$67UXXVMw0XhVGTiqt82J.e5OsxB6m2MPgwW72gjYdT0YmTNZxfeCu",
    "Django, scrypt": (
        "scrypt$16384$aCE7lro0OonuVIfDuDZowi$8$5$"
        "OLu/l2MAfIbNxiUKjOvSqzcFowiDzMc3+GbuGUNEoQwu/s1pSm6gxr1Iw56SVxga//5crAi3ppmzveMOG2ck4Q=="
    ),
    "Werkzeug, pbkdf2 sha256": (
        "pbkdf2:sha256:1000$VLTmwmSAzn1FlF6K$7af11414471375fbcb25b611ea466af2d3b35ee294330b9f015df2148e2e1903"
    ),
    "Werkzeug, pbkdf2 sha1": "pbkdf2:sha1:1000$gqGt94Q03ELGfsR2$190fd3dce09ed9121cbc6d3f78dc2c47a3f6ee8d",
    "Werkzeug, pbkdf2 sha512": (
        "pbkdf2:sha512:1000$QSTiEiTV7Lh43YM2$"
        "4c2edaec7ca8a7e579aeb310e7d7ef53b590d61a7a6fe9c2c3d038e17a963ca0c59cbec705aa1c38c92b699704490555d3ff"
        "e647b61bf225f02d114b547c13b3"
    ),
    "Werkzeug, scrypt": (
        "scrypt:32768:8:1$3KOqLmnk1PNag0yy$"
        "125198c2fb81f8d32c158ab55915192f4fd78be120bb300569976cfbd7665fb795eaee13332d3b5abde2a2e707787088e128"
        "99ab3a4eb6a5c6f238a939eb79da"
    ),
    # https://github.com/firebase/scrypt
    "Firebase": (
        "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUEC"
        "Kbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$"
        "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="
    ),
}
PUBLISHED = {
    "RustCrypto, pbkdf2 sha256": "passwordPASSWORDpassword",
    "RFC 7914, pbkdf2 sha256": "Password",
    "RFC 6070, pbkdf2 sha1": "password",
    "Firebase": "user1password",
}
