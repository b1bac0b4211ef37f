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
