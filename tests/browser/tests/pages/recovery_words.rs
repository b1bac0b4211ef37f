//! Recovery words are made in the steward's browser, are those that programs would make, and stay
//! there.

use hedgerow_browser_tests::{Browser, Served};
use hedgerow_core::phrase::Phrase;
use serde_json::Value;

const PAGE: &str = "console first words explain";

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_makes_the_same_words_and_commitments_as_programs() {
    let served = Served::start("", "Kettle Room").await;
    let browser = Browser::start().await;
    browser.open(&served.page(PAGE)).await;
    browser.find("#own:not([hidden])").await;
    let mut counting = [0; 16];
    for (at, byte) in (0..).zip(&mut counting) {
        *byte = at * 17;
    }
    for entropy in [[0; 16], [255; 16], [128; 16], counting] {
        let script = format!(
            "const done = arguments[0]; wordsOf(new Uint8Array({entropy:?})).then(words => \
             commitmentOf(words).then(commitment => done([words.join(' '), commitment])))"
        );
        let made = browser.run_async(&script).await.unwrap();
        let phrase = Phrase::from_entropy(entropy);
        assert_eq!(made[0], phrase.words().join(" "));
        assert_eq!(made[1], phrase.commitment(1).to_string());
    }
    browser.close().await;
}

/// Decodes the dark modules of a code.
fn decoded(path: &str) -> Option<String> {
    const SIDE: usize = 53;
    const DOTS: usize = 3;
    let mut is_dark = vec![false; SIDE * SIDE];
    for run in path.split('M').skip(1) {
        let (at, rest) = run.split_once('h')?;
        let (x, y) = at.split_once(' ')?;
        let (x, y): (usize, usize) = (x.parse().ok()?, y.parse().ok()?);
        let length: usize = rest.split('v').next()?.parse().ok()?;
        is_dark[y * SIDE + x..][..length].fill(true);
    }
    let light = |x: usize, y: usize| match is_dark[y / DOTS * SIDE + x / DOTS] {
        true => 0,
        false => 255,
    };
    let size = SIDE * DOTS;
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(size, size, light);
    let grids = image.detect_grids();
    let (meta, content) = grids.first()?.decode().ok()?;
    // Level M: a code with a stain can still be read.
    (meta.ecc_level == 0).then_some(content)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_that_the_browser_makes_has_the_words() {
    let served = Served::start("", "Kettle Room").await;
    let browser = Browser::start().await;
    browser.open(&served.page(PAGE)).await;
    browser.find("#own:not([hidden])").await;
    let script = "const done = arguments[0]; (async () => { const made = []; \
         const draw = () => crypto.getRandomValues(new Uint8Array(16)); \
         for (let at = 0; at < 100; at += 1) made.push((await wordsOf(draw())).join(' ')); \
         const long = LIST.filter((word) => word.length === 8).slice(0, 12).join(' '); \
         const short = LIST.filter((word) => word.length === 3).slice(0, 12).join(' '); \
         return [...made, long, short, 'x'.repeat(122)]; \
         })().then((all) => done(all.map((words) => [words, codeOf(words)])))";
    let made = browser.run_async(script).await.unwrap();
    let made = made.as_array().unwrap();
    assert_eq!(made.len(), 103);
    for code in made {
        let (words, path) = (code[0].as_str().unwrap(), code[1].as_str().unwrap());
        assert_eq!(decoded(path).as_deref(), Some(words));
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_are_confirmed_in_the_browser_and_never_sent() {
    let served = Served::start("", "Kettle Room").await;
    let browser = Browser::start().await;
    browser.open(&served.page(PAGE)).await;
    let make = browser.find("#own-make").await;
    assert_eq!(browser.count("#by-host[hidden]").await, 1);
    make.click().await.unwrap();
    browser.find("#own-list li:nth-child(12)").await;
    let words = browser
        .run("return [...document.querySelectorAll('#own-list li')].map(item => item.textContent)");
    let words = words.await;
    let words: Vec<&str> = words
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let phrase = Phrase::parse(&words.join(" ")).unwrap();
    let code = browser.run("return document.getElementById('own-code').getAttribute('d')");
    let code = code.await;
    let content = decoded(code.as_str().unwrap());
    assert_eq!(content, Some(words.join(" ")), "the sheet has it too");
    browser.find("#own-written").await.click().await.unwrap();
    let word = async |at: usize| {
        let number = browser.text(&format!("#own-number-{at}")).await;
        words[number.parse::<usize>().unwrap() - 1]
    };
    let (first, second) = (word(0).await, word(1).await);
    let fill = async |at: usize, word: &str| {
        let field = browser.find(&format!("#own-word-{at}")).await;
        field.clear().await.unwrap();
        field.send_keys(word).await.unwrap();
    };
    fill(0, "zoo zoo").await;
    fill(1, second).await;
    browser
        .find("#own-form button")
        .await
        .click()
        .await
        .unwrap();
    browser.find("#own-wrong:not([hidden])").await;
    fill(0, &first.to_uppercase()).await;
    browser.requests().await;
    browser
        .find("#own-form button")
        .await
        .click()
        .await
        .unwrap();
    let mut posted = None;
    for _ in 0..200 {
        let requests = browser.requests().await;
        let body = requests
            .iter()
            .find_map(|(_, request)| request["postData"].as_str());
        posted = body.map(str::to_owned);
        if posted.is_some() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let commitment = phrase.commitment(1);
    let expected = format!("token=00&do=own&commitment={commitment}");
    assert_eq!(posted, Some(expected), "nothing else is sent");
    browser.close().await;
}
