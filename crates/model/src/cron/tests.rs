use super::*;

fn parsed(text: &str) -> Cron {
    Cron::parse(text).unwrap()
}

fn fails(text: &str, expected: &str) {
    assert_eq!(Cron::parse(text).unwrap_err().to_string(), expected, "{text}");
}

#[test]
fn every_form_of_a_field() {
    let cron = parsed("0 */15 9-17 ? JAN,jul MON-FRI 2025/2");
    assert_eq!(
        cron,
        Cron {
            seconds: vec![Item::One(0)],
            minutes: vec![Item::Every { step: 15 }],
            hours: vec![Item::Range { first: 9, last: 17, step: 1 }],
            days: Days::OfWeek(vec![Item::Range { first: 2, last: 6, step: 1 }]),
            months: vec![Item::One(1), Item::One(7)],
            years: Some(vec![Item::From { first: 2025, step: 2 }]),
        }
    );
    assert_eq!(parsed("0 0/5 22-2/2 * * ?").hours, [Item::Range { first: 22, last: 2, step: 2 }]);
}

#[test]
fn every_form_of_a_day() {
    let days =
        |of_month: &str, of_week: &str| parsed(&format!("0 0 0 {of_month} * {of_week}")).days;
    assert_eq!(days("*", "?"), Days::OfMonth(vec![Item::Every { step: 1 }]));
    assert_eq!(days("1,15", "?"), Days::OfMonth(vec![Item::One(1), Item::One(15)]));
    assert_eq!(days("L", "?"), Days::BeforeLastOfMonth(0));
    assert_eq!(days("l-3", "?"), Days::BeforeLastOfMonth(3));
    assert_eq!(days("LW", "?"), Days::LastWeekdayOfMonth);
    assert_eq!(days("15W", "?"), Days::NearestWeekdayOfMonth(15));
    assert_eq!(days("?", "L"), Days::OfWeek(vec![Item::One(7)]));
    assert_eq!(days("?", "FRIL"), Days::LastOfWeek(6));
    assert_eq!(days("?", "6#3"), Days::NthOfWeek { day: 6, nth: 3 });
}

#[test]
fn what_is_no_schedule() {
    fails("", "six or seven fields are wanted, not 0");
    fails("string", "six or seven fields are wanted, not 1");
    fails("0 0 0 * * ? 2025 x", "six or seven fields are wanted, not 8");
    fails("60 0 0 * * ?", "`60` in the seconds field: goes from 0 to 59");
    fails("0 0 24 * * ?", "`24` in the hours field: goes from 0 to 23");
    fails("0 0 0 0 * ?", "`0` in the day-of-month field: goes from 1 to 31");
    fails("0 0 0 ? * 0", "`0` in the day-of-week field: goes from 1 to 7");
    fails("0 */0 0 * * ?", "`*/0` in the minutes field: steps go from 1 to 59");
    fails("0 ? 0 * * ?", "`?` in the minutes field: `?` is for the two days");
    fails("0 0 0 * FOO ?", "`FOO` in the month field: cannot be read");
    fails("0 0 1- * * ?", "`1-` in the hours field: cannot be read");
    fails("0 0 , * * ?", "`,` in the hours field: cannot be read");
    fails("0 0 +1 * * ?", "`+1` in the hours field: cannot be read");
    fails("0 0 99999999999 * * ?", "`99999999999` in the hours field: cannot be read");
    fails("0 0 0 * * ? 2030-2020", "`2030-2020` in the year field: ends before it begins");
    fails("0 0 0 L,15 * ?", "`L,15` in the day-of-month field: cannot be read");
    fails("0 0 0 ? * 6#6", "`6#6` in the day-of-week field: goes from 1 to 5");
    fails("0 0 0 ? * ?", "one of the two days must not be `?`");
    fails("0 0 0 1 * MON", "one of the two days must be `?`");
    fails("0 0 0 * * *", "one of the two days must be `?`: 0 0 0 * * ?");
    fails("0 0 0 * * MON 2025", "one of the two days must be `?`: 0 0 0 ? * MON 2025");
}

#[test]
fn crontabs_in_quartz() {
    let check = |crontab: &str, expected: Option<&str>| match Cron::parse(crontab) {
        Err(CronError::FieldCount { quartz, .. }) => {
            assert_eq!(quartz.as_deref(), expected, "{crontab}");
        }
        other => panic!("{crontab}: {other:?}"),
    };
    check("0 12 * * *", Some("0 0 12 * * ?"));
    check("*/15 * * * *", Some("0 */15 * * * ?"));
    check("30 2 1 * *", Some("0 30 2 1 * ?"));
    check("0 9 * * 1-5", Some("0 0 9 ? * 2-6"));
    check("0 9 * * 0,6", Some("0 0 9 ? * 1,7"));
    check("0 9 * * 5-7", Some("0 0 9 ? * 6-1"));
    check("0 9 * * mon", Some("0 0 9 ? * MON"));
    check("0 9 * * */2", Some("0 0 9 ? * */2"));
    check("@daily", Some("0 0 0 * * ?"));
    check("0 9 1 * 1", None);
    check("0 25 * * *", None);
    check("0 9 * * 8", None);
    check("a b c d e", None);
    check("@never", None);
}

#[test]
fn expressions_read_what_they_print() {
    for (text, printed) in [
        ("0 0 12 * * ?", "0 0 12 * * ?"),
        ("0 */15 9-17 ? JAN,JUL MON-FRI 2025/2", "0 */15 9-17 ? 1,7 2-6 2025/2"),
        ("0 0/5 22-2/2 L-3 * ?", "0 0/5 22-2/2 L-3 * ?"),
        ("0 0 0 L * ?", "0 0 0 L * ?"),
        ("0 0 0 LW * ?", "0 0 0 LW * ?"),
        ("0 0 0 15W * ?", "0 0 0 15W * ?"),
        ("0 0 0 ? * FRIL", "0 0 0 ? * 6L"),
        ("0 0 0 ? * FRI#2", "0 0 0 ? * 6#2"),
    ] {
        let cron = parsed(text);
        assert_eq!(cron.to_string(), printed);
        assert_eq!(parsed(printed), cron);
    }
}

#[test]
fn every_value_of_a_field() {
    let check = |part: Part, field: &str, expected: &[u32]| {
        let items = match part {
            Part::Hours => parsed(&format!("0 0 {field} * * ?")).hours,
            Part::Month => parsed(&format!("0 0 0 1 {field} ?")).months,
            _ => parsed(&format!("0 {field} 0 * * ?")).minutes,
        };
        let values: Vec<u32> = part.values(&items).into_iter().collect();
        assert_eq!(values, expected, "{field}");
    };
    check(Part::Minutes, "*/20", &[0, 20, 40]);
    check(Part::Minutes, "50/5,3", &[3, 50, 55]);
    check(Part::Hours, "*/5", &[0, 5, 10, 15, 20]);
    check(Part::Hours, "22-2", &[0, 1, 2, 22, 23]);
    check(Part::Hours, "21-3/2", &[1, 3, 21, 23]);
    check(Part::Month, "NOV-FEB", &[1, 2, 11, 12]);
    check(Part::Month, "11-3/2", &[1, 3, 11]);
}
